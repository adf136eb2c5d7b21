internal import Identifiers
internal import Logging
internal import RequestLog

/// The readers of a log. Searches, which may take long, have their own, so that listing and
/// following do not wait for them.
struct LogReaders: PositionReader {
  let listing: LogReader
  let searching: LogReader

  init(
    _ database: Database,
    _ configuration: PostgresLogStore.Configuration,
    _ logger: Logger
  ) throws(LogError) {
    self.listing = try LogReader(
      database,
      statementTime: configuration.listTime,
      logger: logger
    )
    self.searching = try LogReader(
      database,
      statementTime: configuration.searchTime,
      logger: logger
    )
  }

  func close() async {
    await self.listing.close()
    await self.searching.close()
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

  func page(
    of query: PositionQuery,
    in positions: Range<Position>,
    limit: Int
  ) async throws(LogError) -> PositionPage {
    let reader = query.search == nil ? self.listing : self.searching
    return try await reader.page(of: query, in: positions, limit: limit)
  }
}
