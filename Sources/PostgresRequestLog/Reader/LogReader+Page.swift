internal import Identifiers
internal import PostgreSQL
internal import RequestLog

extension LogReader {
  /// How many entries are scanned at once for those of a model, which have no index.
  private static let scanCount = 8192

  /// The earliest position of the next entry.
  nonisolated func end() async throws(LogError) -> Position {
    try await self.read { (reader, connection) throws(PostgreSQLError) in
      try LogEnd(connection.run(LogEnd.read, until: reader.deadline)).position.next
    }
  }

  nonisolated func positions(
    of query: PositionQuery,
    after id: ULID
  ) async throws(LogError) -> Range<Position> {
    let range = Position.range(of: id)
    let statement = Statement(
      """
      SELECT coalesce(
        max(CASE WHEN id = $3 THEN position END),
        (SELECT position FROM tokenwire.entries WHERE id = $3 AND logged_at IS NOT NULL
          AND position >= 0),
        \(query.order == .newestFirst
          ? "min(CASE WHEN id > $3 AND logged_at IS NULL THEN position END)"
          : "max(CASE WHEN id < $3 AND logged_at IS NULL THEN position END)")
      ) FROM tokenwire.entries WHERE position >= $1 AND position < $2
      """,
      .bigint(range.lowerBound.rawValue),
      .bigint(range.upperBound.rawValue),
      .text(id.description)
    )
    let found = try await self.read { (reader, connection) throws(PostgreSQLError) in
      try connection.run(statement, until: reader.deadline).integer(0, 0)
    }
    return query.positions(after: id, found: found.map(Position.init(rawValue:)))
  }

  /// The first entries of a query within `positions`, in its order.
  nonisolated func page(
    of query: PositionQuery,
    in positions: Range<Position>,
    limit: Int
  ) async throws(LogError) -> PositionPage {
    if positions.isEmpty {
      return PositionPage([], stoppedAt: nil, query.order, in: positions, lookedAt: positions)
    }
    var candidates: String?
    if let search = query.search {
      candidates = try await self.candidates(of: search)
      guard candidates != nil else {
        return PositionPage([], stoppedAt: nil, query.order, in: positions, lookedAt: positions)
      }
    }
    let range = try await self.scanRange(of: query, in: positions)
    // What the index finds may be more than the search does.
    let rowLimit = query.search == nil ? min(limit, Self.pageCount) : Self.pageCount
    let statement = Self.statement(of: query, candidates: candidates, in: range, limit: rowLimit)
    let (found, isFull) = try await self.read { (reader, connection) throws(PostgreSQLError) in
      let rows = try connection.run(statement, until: reader.deadline)
      let found = (0 ..< rows.count).map { row in
        let row = EntryRow(rows, row)
        return PositionPage.Row(position: row.position, entry: row.entry)
      }
      // The number of rows before the page was cut to its size.
      let count = found.isEmpty ? 0 : Int(rows.integer(0, EntryRow.columnCount) ?? 0)
      return (found, count >= rowLimit || count > found.count)
    }
    guard let search = query.search else {
      let last = isFull ? found.last?.position : nil
      return PositionPage(found, stoppedAt: last, query.order, in: positions, lookedAt: range)
    }
    let matching = try await self.matches(search, in: found.map(\.entry.content))
    let indices = found.indices.filter(matching.contains)
    // More than may be returned are read again.
    let isCut = indices.count > limit
    let rows = indices.prefix(limit).map { found[$0] }
    let last = isCut ? rows.last?.position : isFull ? found.last?.position : nil
    return PositionPage(rows, stoppedAt: last, query.order, in: positions, lookedAt: range)
  }

  /// The part of `positions` that is scanned at once.
  private nonisolated func scanRange(
    of query: PositionQuery,
    in positions: Range<Position>
  ) async throws(LogError) -> Range<Position> {
    guard query.model != nil, query.sessionID == nil, query.search == nil else { return positions }
    let isNewestFirst = query.order == .newestFirst
    var parameters: [Parameter] = [
      .bigint(positions.lowerBound.rawValue), .bigint(positions.upperBound.rawValue),
    ]
    if let userID = query.userID { parameters.append(.text(ZeroFreeText.encoded(userID.text))) }
    let statement = Statement(
      """
      SELECT position FROM tokenwire.entries WHERE position >= $1 AND position < $2
      \(query.userID == nil ? "" : "AND user_id = $3")
      ORDER BY position \(isNewestFirst ? "DESC" : "ASC") LIMIT 1 OFFSET \(Self.scanCount - 1)
      """,
      parameters: parameters
    )
    let found = try await self.read { (reader, connection) throws(PostgreSQLError) in
      let rows = try connection.run(statement, until: reader.deadline)
      return rows.count == 0 ? nil : rows.integer(0, 0)
    }
    guard let last = found.map(Position.init(rawValue:)) else { return positions }
    return isNewestFirst ? last ..< positions.upperBound : positions.lowerBound ..< last.next
  }

  private static func statement(
    of query: PositionQuery,
    candidates: String?,
    in positions: Range<Position>,
    limit: Int
  ) -> Statement {
    var conditions = ["position >= $1", "position < $2"]
    var parameters: [Parameter] = [
      .bigint(positions.lowerBound.rawValue), .bigint(positions.upperBound.rawValue),
    ]
    func add(_ parameter: Parameter) -> String {
      parameters.append(parameter)
      return "$\(parameters.count)"
    }
    for (column, name) in [
      ("user_id", query.userID), ("model", query.model), ("session_id", query.sessionID),
    ] {
      guard let name else { continue }
      conditions.append("\(column) = \(add(.text(ZeroFreeText.encoded(name.text))))")
    }
    if let candidates {
      conditions.append(
        "(words @@ \(add(.text(candidates)))::tsquery OR words IS NULL AND prompt IS NOT NULL)"
      )
    }
    let order = "position \(query.order == .newestFirst ? "DESC" : "ASC")"
    return Statement(
      """
      SELECT \(EntryRow.columns), found FROM (
        SELECT *, count(*) OVER () AS found, sum(bytes) OVER (ORDER BY \(order)) - bytes AS before
        FROM (
          SELECT \(EntryRow.columns), bytes FROM tokenwire.entries
          WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) LIMIT \(limit)
        ) AS page
      ) AS counted WHERE before < \(Self.pageBytes) ORDER BY \(order)
      """,
      parameters: parameters
    )
  }
}
