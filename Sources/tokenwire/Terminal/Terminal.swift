import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The terminal that a command may run in.
enum Terminal {
  static func isTerminal(_ file: FileDescriptor) -> Bool {
    isatty(file.rawValue) == 1
  }

  /// The columns of standard output; nil if it is not a terminal.
  static var width: Int? {
    guard self.isTerminal(.standardOutput) else { return nil }
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }
}
