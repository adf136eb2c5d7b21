public import Identifiers
internal import MongoDB
public import RequestLog

extension MongoLogStore: ExportableLog {
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
    try await self.maintainer.statistics(of: userID)
  }

  /// The entries that the log has now, oldest first; with later ones, it might never end.
  ///
  /// - Throws: `unavailable`.
  public func entriesUntilNow() async throws(LogError) -> LogEntries {
    let end = try await self.readers.listing.settled { _, end throws(MongoDBError) in end }
    let query = try ValidQuery(LogQuery(order: .oldestFirst))
    let pages = PositionPages(query, before: end, reader: self.readers)
    return LogEntries(query, pages: pages, news: CommitNews())
  }
}

extension MongoLogStore: ImportingLog {
  /// The limits of an entry's fields.
  public var entryLimits: EntryLimits { self.configuration.limits }

  /// Stores entries unchanged, up to the first that fails. There is no transaction: when it throws,
  /// some may be stored.
  public func importBatch(_ entries: [StoredEntry]) async throws(LogError) -> [ImportOutcome] {
    try await self.writer.importBatch(entries)
  }
}

extension MongoLogStore: ForwardingTarget {
  /// Stores entries with their ids and times at the end of the log, in their order. There is no
  /// transaction: when it throws, the first of them may be stored.
  public func forward(_ entries: [StoredEntry]) async throws(LogError) -> [ForwardOutcome] {
    try await self.writer.forward(entries)
  }
}
