#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The terminal that standard output goes to.
enum Terminal {
  /// In characters; nil when standard output is no terminal.
  static var width: Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
