import Concurrency
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Reads lines from a user, a file or a pipe.
actor LineInput {
  private let executor = ThreadExecutor(name: "input")
  private let prompt: String
  /// The prompt for continuation lines.
  private let continuation = "... "
  /// Whether input is a terminal.
  nonisolated let isTerminal: Bool
  private var editor: LineEditor?
  private let isEditing = Mutex(false)
  /// Whether a line was discarded without an editor.
  private let isInterrupted = Mutex(false)
  private let interruptions: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
  /// The terminal's settings before editing.
  private nonisolated let settings: termios?
  private var isAtStart = true

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  init(prompt: String) throws {
    self.prompt = prompt
    self.isTerminal = Terminal.isTerminal(.standardInput)
    self.interruptions = try FileDescriptor.pipe()
    var settings = termios()
    self.settings = tcgetattr(STDIN_FILENO, &settings) == 0 ? settings : nil
  }

  /// Reads a line, and its continuation lines: those after one that ends with a backslash.
  ///
  /// - Returns: nil at the end.
  func next() -> String? {
    if self.isAtStart && self.isTerminal && StandardOutput.isTerminal {
      self.editor = LineEditor()
    }
    var lines: [String] = []
    self.isInterrupted.withLock { $0 = false }
    while true {
      switch self.line(prompt: lines.isEmpty ? self.prompt : self.continuation) {
      case .interrupted: lines = []
      case .text(let text):
        let isInterrupted = self.isInterrupted.withLock { isInterrupted in
          defer { isInterrupted = false }
          return isInterrupted
        }
        if isInterrupted { lines = [] }
        // By scalars, because a combining character would make the backslash another character.
        guard text.utf8.last == UInt8(ascii: "\\") else {
          return (lines + [text]).joined(separator: "\n")
        }
        lines.append(String(text.unicodeScalars.dropLast()))
      case .end: return lines.isEmpty ? nil : lines.joined(separator: "\n")
      }
    }
  }

  private func line(prompt: String) -> LineEditor.Line {
    defer { self.isAtStart = false }
    if let editor {
      self.isEditing.withLock { $0 = true }
      defer { self.isEditing.withLock { $0 = false } }
      return editor.readLine(
        prompt: prompt,
        interruptions: self.interruptions.readEnd.rawValue
      )
    }
    if self.isTerminal { StandardOutput.writeNote(prompt) }
    guard let line = readLine() else { return .end }
    return .text(
      self.isAtStart && line.unicodeScalars.first == "\u{FEFF}"
        ? String(line.unicodeScalars.dropFirst()) : line
    )
  }

  /// Discards what was typed of the next message, and shows the prompt again.
  nonisolated func interrupt() {
    if self.isEditing.withLock({ $0 }) {
      // If this fails, the typed text stays.
      _ = try? self.interruptions.writeEnd.writeAll([0])
    } else {
      // The terminal itself has discarded the line.
      self.isInterrupted.withLock { $0 = true }
      StandardOutput.writeNote("\n\(self.prompt)")
    }
  }

  /// Restores the terminal before the process ends in the middle of a line.
  nonisolated func restoreTerminal() {
    guard var settings else { return }
    tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
  }
}
