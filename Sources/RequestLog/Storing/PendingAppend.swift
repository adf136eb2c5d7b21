internal import Synchronization

/// An entry that waits to be stored, and its caller.
package final class PendingAppend: Sendable {
  package let entry: ValidEntry
  private let result = Mutex<Result<StoredEntry, LogError>?>(nil)

  /// An entry that waits.
  package init(_ entry: ValidEntry) {
    self.entry = entry
  }

  /// Nil while the entry waits.
  package var outcome: Result<StoredEntry, LogError>? {
    self.result.withLock { $0 }
  }

  /// Answers the caller.
  package func end(_ outcome: Result<StoredEntry, LogError>) {
    self.result.withLock { $0 = outcome }
  }
}
