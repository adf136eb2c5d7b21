import Dispatch
import Foundation
import Synchronization

/// Where a server's log goes: standard error, one entry a line.
///
/// A thread writes it. Whoever reads standard error may stop reading, or its disk may be slow, and no
/// caller waits for that: entries wait in memory, and are lost when there is no room for them.
///
/// Entries quote what peers have sent, and are read long after, on any terminal: even if standard error
/// is not a terminal, control characters and line breaks within an entry are escaped.
final class LogLines: TextOutputStream, Sendable {
  /// The process's only one. What waits is written before the process exits.
  static let standardError: LogLines = {
    let lines = LogLines()
    atexit { LogLines.standardError.flush() }
    return lines
  }()

  private struct Waiting {
    var entries: [String] = []
    var bytes = 0
    var lost = 0
    var isBeingWritten = false

    var isEmpty: Bool { self.entries.isEmpty && self.lost == 0 }
  }

  /// The most bytes of entries that wait.
  private static let capacity = 1 << 20
  /// How long `flush` waits, in milliseconds.
  private static let patience = 1_000

  private let waiting = Mutex(Waiting())
  private let hasEntries = DispatchSemaphore(value: 0)

  /// Starts the thread, which ends with the process.
  private init() {
    let thread = Thread { [self] in
      while true {
        self.hasEntries.wait()
        self.writeWaiting()
      }
    }
    thread.name = "tokenwire-notes"
    thread.start()
  }

  func write(_ text: String) {
    let isFirst = self.waiting.withLock { waiting in
      let wasEmpty = waiting.isEmpty
      if waiting.bytes + text.utf8.count > Self.capacity {
        waiting.lost += 1
      } else {
        waiting.bytes += text.utf8.count
        waiting.entries.append(text)
      }
      return wasEmpty
    }
    if isFirst { self.hasEntries.signal() }
  }

  /// Blocks until everything is written, for one second at most: standard error may not be read.
  func flush() {
    for _ in 0 ..< Self.patience {
      if self.waiting.withLock({ $0.isEmpty && !$0.isBeingWritten }) { return }
      usleep(1_000)
    }
  }

  private func writeWaiting() {
    let (entries, lost) = self.waiting.withLock { waiting in
      let taken = (waiting.entries, waiting.lost)
      waiting = Waiting(isBeingWritten: true)
      return taken
    }
    var lines = entries.map { Self.line($0) }.joined()
    if lost > 0 {
      lines += "\(lost) entries of the log are lost: standard error was not read fast enough\n"
    }
    StandardOutput.writeNote(lines)
    self.waiting.withLock { $0.isBeingWritten = false }
  }

  private static func line(_ text: String) -> String {
    let endsLine = text.utf8.last == UInt8(ascii: "\n")
    let entry = String(text.unicodeScalars.dropLast(endsLine ? 1 : 0))
    return entry.onOneLine.escapedForTerminal + "\n"
  }
}
