public import Identifiers

/// A durable log of prompts and responses.
///
/// Entries are in the order of their times, which is that of their ids. A store checks what it is
/// given with `ValidEntry` and `ValidQuery`, so that all stores take and refuse the same.
public protocol LogStore: Sendable {
  /// Stores an entry, and returns when it is durable: no crash loses it from then on.
  ///
  /// An entry whose idempotency key the user has used already is answered with the entry that has it;
  /// content that was not kept cannot be compared. A caller whose task is cancelled before its entry
  /// is on its way gets `cancelled`, and nothing is stored.
  ///
  /// - Throws: `invalid`, `alreadyExists`, `overloaded`, `diskFull`, `unavailable` or `cancelled`;
  ///   nothing was stored then. The store goes on by itself when what failed works again.
  func append(_ entry: NewEntry) async throws(LogError) -> StoredEntry

  /// The entries that match a query. Nothing is read before they are asked for.
  ///
  /// - Throws: `invalid` when the query cannot be answered. Reading throws `unavailable`, and
  ///   `overloaded` when a search takes too long.
  func query(_ query: LogQuery) throws(LogError) -> LogEntries

  /// Ends the queries that follow the log, as `close` does, while all else goes on: for a server
  /// that stops, whose callers would follow for ever.
  func endFollowing()

  /// How much the log holds.
  ///
  /// - Parameter userID: whose entries are counted; nil counts everyone's.
  /// - Throws: `unavailable`.
  func stats(of userID: Identifier?) async throws(LogError) -> LogStatistics

  /// Removes all that a user has logged up to now, so that it cannot be read from what the store
  /// has written either. Copies of the log are not touched.
  ///
  /// - Returns: what was removed.
  /// - Throws: `diskFull`, `unavailable` or `cancelled`: some of the user's data may remain until the
  ///   user is erased again.
  func erase(user userID: Identifier) async throws(LogError) -> Removal

  /// Removes entries that are too old, then the oldest ones while the log is too large. A task that
  /// is cancelled stops early.
  ///
  /// - Returns: what was removed; that is final.
  /// - Throws: `diskFull`, `unavailable` or `cancelled`. What was removed before stays removed.
  func prune(_ retention: Retention) async throws(LogError) -> Removal

  /// Whether the log is larger than it may be, so that it should be pruned now. It is asked every
  /// second, and should cost little.
  func exceeds(_ retention: Retention) async -> Bool

  /// Does the work that no caller waits for, such as preparing searches. It returns when there will
  /// be no more of it: when the store is closed or the task is cancelled, at the latest. Without it,
  /// the store does the same, but more slowly.
  func run() async

  /// Stores what waits, and gives up what the store uses. Everything after it fails with
  /// `unavailable`; queries that follow the log end.
  func close() async
}
