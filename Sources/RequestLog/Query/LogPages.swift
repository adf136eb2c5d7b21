/// Reads the entries of one query from a store, page by page. A store implements it; `LogEntries`
/// does the rest.
///
/// Each iteration has a copy of its own, which remembers where it is.
public protocol LogPages: Sendable {
  /// Reads the entries that come next in the query's order, of which none is left out and none comes
  /// twice.
  ///
  /// After the last page, it is called again only by a query that follows the log, for the entries
  /// that have come since.
  ///
  /// - Parameter limit: at most this many entries, above 0. A store reads fewer when it would take
  ///   much time or memory.
  /// - Throws: `cancelled` when the task is cancelled, which ends the iteration; `overloaded` or
  ///   `unavailable`.
  mutating func next(limit: Int) async throws(LogError) -> LogPage
}

/// Entries that were read at once.
public struct LogPage: Sendable {
  /// In the query's order. There may be none although there are more pages.
  public let entries: [StoredEntry]
  /// Whether there was nothing behind them when they were read.
  public let isLast: Bool

  /// A page of these entries.
  public init(_ entries: [StoredEntry], isLast: Bool) {
    self.entries = entries
    self.isLast = isLast
  }
}
