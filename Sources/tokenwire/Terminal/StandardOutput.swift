import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The one way out of the command: its result goes to standard output, notes about it to standard
/// error.
///
/// A terminal is shown what models, servers, files and arguments have in them, but does not obey it;
/// only a `TerminalSequence` is for it. A pipe and a file get texts byte for byte.
enum StandardOutput {
  private static let output = OutputStream(.standardOutput)
  private static let errors = OutputStream(.standardError)

  static var isTerminal: Bool { self.output.isTerminal }

  /// Writes at once, because a token that waits in a buffer is not streamed.
  ///
  /// A reader that has gone away ends the process as it does for any command in a pipe, without a
  /// word; another failure, such as a full disk, ends it with one.
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
    // Where nobody can read notes, the result still counts.
    _ = try? self.errors.write(parts, .text)
  }

  /// Ends the process, as an error that a command has thrown does it.
  static func end(with code: CInt) -> Never {
    exit(code)
  }
}

/// A part of what is written.
enum OutputPart {
  /// What anybody may have written.
  case text(String)
  /// What a terminal is to do; nothing else gets it.
  case sequence(TerminalSequence)
}

/// The control sequences (ECMA-48) that the command uses.
enum TerminalSequence {
  case lineStart
  case clearToLineEnd
  /// What follows has this colour, by its number in SGR (such as 36, cyan).
  case color(Int)
  case plain

  fileprivate var bytes: String {
    switch self {
    case .lineStart: "\r"
    case .clearToLineEnd: "\u{1B}[K"
    case .color(let number): "\u{1B}[\(number)m"
    case .plain: "\u{1B}[0m"
    }
  }
}

/// A descriptor that text is written to.
private final class OutputStream: Sendable {
  let isTerminal: Bool
  private let file: FileDescriptor
  private let escaping = Mutex(ControlEscaping())

  init(_ file: FileDescriptor) {
    self.file = file
    self.isTerminal = Terminal.isTerminal(file)
  }

  func write(_ parts: [OutputPart], _ form: ControlEscaping.Form) throws {
    // Together, so that what several tasks write does not mix; the lock keeps its order.
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
