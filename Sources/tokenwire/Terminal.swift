import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What a command needs to know of the terminal that it may run in.
enum Terminal {
  static func isTerminal(_ file: FileDescriptor) -> Bool {
    isatty(file.rawValue) == 1
  }

  /// How many columns standard output has; nil when it is no terminal.
  static var width: Int? {
    guard self.isTerminal(.standardOutput) else { return nil }
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }
}

extension String {
  /// The text with control characters, but for line feeds and tabs, as "\u{1b}": a terminal obeys
  /// them, whoever has written them.
  var escapingControls: String {
    String(
      String.UnicodeScalarView(
        self.unicodeScalars.flatMap { scalar in
          scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
            ? Array(scalar.escaped(asASCII: true).unicodeScalars) : [scalar]
        }
      )
    )
  }
}
