import Dispatch
import Foundation
import Synchronization

/// Where a server's log goes: standard error, an entry a line.
///
/// A thread writes it. Whoever reads standard error may stop reading, or its disk may be slow, and no
/// caller waits for that: entries wait in memory, and are lost when too many do.
///
/// Entries quote what peers have sent, and are read long after, on whatever terminal: whether standard
/// error is one or not, control characters and line breaks within an entry are shown, not written.
final class LogLines: TextOutputStream, Sendable {
  private struct Waiting {
    var entries: [String] = []
    var bytes = 0
    var lost = 0
    var isBeingWritten = false
  }

  /// How many bytes of entries wait at the most.
  private static let capacity = 1 << 20
  /// How long the end of the process waits for entries to be written.
  private static let patience = Duration.seconds(1)

  private let waiting = Mutex(Waiting())
  private let hasEntries = DispatchSemaphore(value: 0)

  /// Starts the thread, which ends with the process.
  init() {
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
      guard waiting.bytes + text.utf8.count <= Self.capacity else {
        waiting.lost += 1
        return false
      }
      waiting.bytes += text.utf8.count
      waiting.entries.append(text)
      return waiting.entries.count == 1
    }
    if isFirst { self.hasEntries.signal() }
  }

  /// Returns when what was logged is written, or standard error does not take it.
  func flush() async {
    let end = ContinuousClock.now + Self.patience
    while self.waiting.withLock({ !$0.entries.isEmpty || $0.isBeingWritten }), .now < end {
      // A sleep that is cancelled ends with the same conditions.
      try? await Task.sleep(for: .milliseconds(5))
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
