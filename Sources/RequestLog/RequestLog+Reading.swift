public import Identifiers

extension RequestLog {
  /// The entries that match a query. Nothing is read before they are asked for.
  ///
  /// - Throws: `invalid` when the query cannot be answered; reading throws `unavailable`.
  public func query(_ query: LogQuery) throws(LogError) -> LogEntries {
    LogEntries(query: try ValidQuery(query), readers: self.readers, news: self.news)
  }

  /// Ends the queries that follow the log, as `close` does, while all else goes on: for a server
  /// that stops, whose callers would follow for ever.
  public func endFollowing() {
    self.news.close()
  }

  /// How much the log holds: everyone's, or one user's.
  ///
  /// - Throws: `unavailable`.
  public func stats(of userID: Identifier? = nil) async throws(LogError) -> LogStatistics {
    try await self.readers.read { (reader) throws(LogError) in
      try await reader.statistics(of: userID)
    }
  }
}
