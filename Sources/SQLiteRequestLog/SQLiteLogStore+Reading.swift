public import Identifiers
public import RequestLog

extension SQLiteLogStore {
  /// The entries that match a query, read as they are requested.
  ///
  /// - Throws: `invalid` when the query cannot be answered. Reading throws `unavailable`, and
  ///   `overloaded` when a search takes too long.
  public func query(_ query: LogQuery) throws(LogError) -> LogEntries {
    let query = try ValidQuery(query)
    return LogEntries(query, pages: PositionPages(query, reader: self.readers), news: self.news)
  }

  /// Ends the queries that follow the log, which would keep a stopping server waiting for ever.
  /// Everything else continues.
  public func endFollowing() {
    self.news.close()
  }

  /// How much the log holds.
  ///
  /// - Parameter userID: whose entries are counted; nil counts everyone's.
  /// - Throws: `unavailable`.
  public func stats(of userID: Identifier? = nil) async throws(LogError) -> LogStatistics {
    try await self.readers.read { (reader) throws(LogError) in
      try await reader.statistics(of: userID)
    }
  }
}
