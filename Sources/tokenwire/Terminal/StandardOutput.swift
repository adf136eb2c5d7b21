import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// All output of the command: results go to standard output, notes to standard error.
///
/// On a terminal, control characters in texts are escaped; only a `TerminalSequence` controls it.
/// Pipes and files get texts byte for byte.
enum StandardOutput {
  private static let output = OutputStream(.standardOutput)
  private static let errors = OutputStream(.standardError)

  static var isTerminal: Bool { self.output.isTerminal }

  /// Writes at once, without a buffer, so that tokens are streamed.
  ///
  /// A closed pipe ends the process silently, as for any command; another failure, such as a full
  /// disk, with an error.
  static func write(_ text: String, _ form: ControlEscaping.Form = .text) {
    self.write([.text(text)], form)
  }

  static func write(_ parts: [OutputPart], _ form: ControlEscaping.Form = .text) {
    do {
      try self.output.write(parts, form)
    } catch Errno.brokenPipe {
      Self.end(with: 141)
    } catch {
      self.writeNote("Error: Cannot write to standard output: \(error)\n")
      Self.end(with: 1)
    }
  }

  static func writeNote(_ text: String) {
    self.writeNote([.text(text)])
  }

  static func writeNote(_ parts: [OutputPart]) {
    // Failure is ignored: the result matters more than notes.
    _ = try? self.errors.write(parts, .text)
  }

  /// Ends the process, as a thrown error does.
  static func end(with code: CInt) -> Never {
    exit(code)
  }
}

/// A part of the output.
enum OutputPart {
  /// Text, which may come from anybody.
  case text(String)
  /// A sequence for a terminal; pipes and files do not get it.
  case sequence(TerminalSequence)
}

/// The control sequences (ECMA-48) that the command uses.
enum TerminalSequence {
  case lineStart
  case clearToLineEnd
  /// Sets the colour of what follows, by its SGR number (such as 36, cyan).
  case color(Int)
  case dim
  case plain

  fileprivate var bytes: String {
    switch self {
    case .lineStart: "\r"
    case .clearToLineEnd: "\u{1B}[K"
    case .color(let number): "\u{1B}[\(number)m"
    case .dim: "\u{1B}[2m"
    case .plain: "\u{1B}[0m"
    }
  }
}

/// Writes text to a descriptor.
private final class OutputStream: Sendable {
  let isTerminal: Bool
  private let file: FileDescriptor
  private let escaping = Mutex(ControlEscaping())

  init(_ file: FileDescriptor) {
    self.file = file
    self.isTerminal = Terminal.isTerminal(file)
  }

  func write(_ parts: [OutputPart], _ form: ControlEscaping.Form) throws {
    // Under a lock, so that the output of several tasks does not mix.
    try self.escaping.withLock { escaping in
      var bytes: [UInt8] = []
      for part in parts {
        switch part {
        case .text(let text) where self.isTerminal: bytes += escaping.escape(text.utf8, form)
        case .text(let text): bytes += text.utf8
        case .sequence(let sequence) where self.isTerminal: bytes += sequence.bytes.utf8
        case .sequence: break
        }
      }
      _ = try self.file.writeAll(bytes)
    }
  }
}
