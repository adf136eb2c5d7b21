internal import RequestLog
internal import Synchronization

/// An entry that waits for the disk, and its caller.
final class PendingAppend: Sendable {
  let entry: ValidEntry
  private let result = Mutex<Result<StoredEntry, LogError>?>(nil)

  init(_ entry: ValidEntry) {
    self.entry = entry
  }

  /// Nil while the entry waits.
  var outcome: Result<StoredEntry, LogError>? {
    self.result.withLock { $0 }
  }

  func end(_ outcome: Result<StoredEntry, LogError>) {
    self.result.withLock { $0 = outcome }
  }
}
