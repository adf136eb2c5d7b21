internal import Identifiers
internal import Logging
internal import MongoDB
internal import RequestLog

/// The readers of a log. Searches, which may take long, have their own, so that listing and
/// following do not wait for them.
struct LogReaders: PositionReader {
  let listing: LogReader
  let searching: LogReader

  init(
    _ database: Database,
    _ configuration: MongoLogStore.Configuration,
    status: LogStatus,
    _ logger: Logger
  ) {
    func reader(_ time: Duration) -> LogReader {
      LogReader(
        database,
        queryTime: time,
        reservationTime: configuration.reservationTime,
        status: status,
        logger: logger
      )
    }
    self.listing = reader(configuration.listTime)
    self.searching = reader(configuration.searchTime)
  }

  func close() {
    self.listing.close()
    self.searching.close()
  }

  func positions(
    of query: PositionQuery,
    after id: ULID
  ) async throws(LogError) -> Range<Position> {
    try await self.listing.positions(of: query, after: id)
  }

  func end() async throws(LogError) -> Position {
    try await self.listing.end()
  }

  /// The end, when no entry can come before it any more.
  func settledEnd() async throws(LogError) -> Position {
    try await self.listing.settled { _, end throws(MongoDBError) in end }
  }

  func page(
    of query: PositionQuery,
    in positions: Range<Position>,
    limit: Int
  ) async throws(LogError) -> PositionPage {
    let reader = query.search == nil ? self.listing : self.searching
    return try await reader.page(of: query, in: positions, limit: limit)
  }
}
