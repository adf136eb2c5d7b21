internal import RequestLog
internal import Synchronization

/// An entry on its way to the disk, whose caller waits for it.
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
