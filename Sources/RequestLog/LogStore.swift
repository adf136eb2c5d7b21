public import Identifiers

/// A durable log of prompts and responses.
///
/// Entries are ordered by time, and so by id. A store checks its input with `ValidEntry` and
/// `ValidQuery`, so that all stores accept and refuse the same.
public protocol LogStore: Sendable {
  /// Stores an entry, and returns when it is durable: no crash can lose it.
  ///
  /// If the user has already used the idempotency key, the entry that has it is returned; content
  /// that was not stored cannot be compared. A caller whose task is cancelled in time gets
  /// `cancelled`, and nothing is stored.
  ///
  /// - Throws: `invalid`, `alreadyExists`, `overloaded`, `diskFull`, `unavailable` or `cancelled`;
  ///   nothing was then stored, unless the message of `unavailable` says that it is not known. The
  ///   store recovers by itself.
  func append(_ entry: NewEntry) async throws(LogError) -> StoredEntry

  /// Where an entry is when `append` returns.
  var durability: LogDurability { get }

  /// The entries that match a query, read as they are requested.
  ///
  /// - Throws: `invalid` when the query cannot be answered. Reading throws `unavailable`, and
  ///   `overloaded` when a search takes too long.
  func query(_ query: LogQuery) throws(LogError) -> LogEntries

  /// Ends the queries that follow the log, which would keep a stopping server waiting for ever.
  /// Everything else continues.
  func endFollowing()

  /// How much the log holds.
  ///
  /// - Parameter userID: whose entries are counted; nil counts everyone's.
  /// - Throws: `unavailable`.
  func stats(of userID: Identifier?) async throws(LogError) -> LogStatistics

  /// Erases all that a user has logged so far, also from the store's files. Copies of the log are
  /// not changed.
  ///
  /// - Returns: what was removed.
  /// - Throws: `diskFull`, `unavailable` or `cancelled`: some of the user's data may remain; call
  ///   it again.
  func erase(user userID: Identifier) async throws(LogError) -> Removal

  /// Removes entries that are too old, then the oldest ones while the log is too large. A task that
  /// is cancelled stops early.
  ///
  /// - Returns: what was removed.
  /// - Throws: `diskFull`, `unavailable` or `cancelled`. What was removed before that stays
  ///   removed.
  func prune(_ retention: Retention) async throws(LogError) -> Removal

  /// Whether the log is over its limit, and should be pruned now. It is called every second, and
  /// must be cheap.
  func exceeds(_ retention: Retention) async -> Bool

  /// Whether the log can be used now, as far as it knows. It is asked often, and must be cheap.
  var conditions: LogConditions { get }

  /// Does the work that no caller waits for, such as indexing for searches. It returns when the
  /// store is closed or the task is cancelled, at the latest. Without it, the store works, but more
  /// slowly.
  func run() async

  /// Stores what waits, and releases the store's resources. Later calls fail with `unavailable`;
  /// queries that follow the log end.
  func close() async
}

extension LogStore {
  /// That of all stores that keep their entries themselves.
  public var durability: LogDurability { .synced }

  /// Whether the log can be used now, as far as it knows.
  public var condition: LogCondition { self.conditions.current }
}
