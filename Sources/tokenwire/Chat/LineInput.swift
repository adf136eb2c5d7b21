import Synchronization
import SystemPackage
import ThreadExecutor

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The lines that a user types, or that a file or a pipe has.
actor LineInput {
  private let executor = ThreadExecutor(name: "input")
  private let prompt: String
  /// Whether somebody types.
  nonisolated let isTerminal: Bool
  private var editor: LineEditor?
  private let isEditing = Mutex(false)
  private let interruptions: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
  /// How the terminal was before it was edited on.
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

  /// - Returns: nil when there are no more.
  func next() -> String? {
    if self.isAtStart && self.isTerminal && StandardOutput.isTerminal {
      self.editor = LineEditor()
    }
    defer { self.isAtStart = false }
    if let editor {
      self.isEditing.withLock { $0 = true }
      defer { self.isEditing.withLock { $0 = false } }
      return editor.readLine(
        prompt: self.prompt,
        interruptions: self.interruptions.readEnd.rawValue
      )
    }
    if self.isTerminal { StandardOutput.writeNote(self.prompt) }
    guard let line = readLine() else { return nil }
    return self.isAtStart && line.unicodeScalars.first == "\u{FEFF}"
      ? String(line.unicodeScalars.dropFirst()) : line
  }

  /// Throws away what has been typed of the next line, and asks for it anew.
  nonisolated func interrupt() {
    if self.isEditing.withLock({ $0 }) {
      // Where this fails, what was typed stays.
      _ = try? self.interruptions.writeEnd.writeAll([0])
    } else {
      // The terminal itself has thrown it away.
      StandardOutput.writeNote("\n\(self.prompt)")
    }
  }

  /// Leaves the terminal as it was, before the process ends in the middle of a line.
  nonisolated func restoreTerminal() {
    guard var settings else { return }
    tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
  }
}
