/// The pages of a query. Between pages it holds no snapshot of the store.
package struct PositionPages: LogPages {
  private let query: PositionQuery
  private let after: ULID?
  private let follows: Bool
  private let reader: any PositionReader
  /// The positions that were not read yet; nil before the first page.
  private var rest: Range<Position>?

  /// - Parameter limit: the query ends before this position.
  package init(
    _ query: ValidQuery,
    before limit: Position = Position(rawValue: .max),
    reader: any PositionReader
  ) {
    self.query = PositionQuery(query, before: limit)
    self.after = query.after
    self.follows = query.follows
    self.reader = reader
  }

  /// Reads the next entries in the query's order.
  package mutating func next(limit: Int) async throws(LogError) -> LogPage {
    let query = self.query
    var rest = self.rest ?? query.positions
    if self.rest == nil, let after {
      rest = try await self.reader.positions(of: query, after: after)
    }
    // A query that follows the log does not scan again at each commit what it has scanned once.
    let end = self.follows ? try await self.reader.end() : nil
    let page = try await self.reader.page(of: query, in: rest, limit: limit)
    if page.rest.isEmpty, let end {
      let start = page.rows.last?.position.next ?? rest.lowerBound
      let seen = max(start, end)
      self.rest = rest.clamped(to: seen ..< Position(rawValue: .max))
    } else {
      self.rest = page.rest
    }
    return LogPage(page.rows.map(\.entry), isLast: page.rest.isEmpty)
  }
}
