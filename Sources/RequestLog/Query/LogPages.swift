/// Reads the entries of one query page by page. A store implements it; `LogEntries` does the rest.
///
/// Each iteration has its own copy, which remembers its position.
public protocol LogPages: Sendable {
  /// Reads the next entries in the query's order, without gaps or repetitions.
  ///
  /// After the last page, only a query that follows the log calls it again, for newer entries.
  ///
  /// - Parameter limit: the most entries, above 0. A store may read fewer, to save time or memory.
  /// - Throws: `cancelled` when the task is cancelled, which ends the iteration; `overloaded` or
  ///   `unavailable`.
  mutating func next(limit: Int) async throws(LogError) -> LogPage
}

/// Entries that were read together.
public struct LogPage: Sendable {
  /// The entries in the query's order. A page may be empty although more follow.
  public let entries: [StoredEntry]
  /// Whether nothing followed when they were read.
  public let isLast: Bool

  /// Creates a page of entries.
  public init(_ entries: [StoredEntry], isLast: Bool) {
    self.entries = entries
    self.isLast = isLast
  }
}
