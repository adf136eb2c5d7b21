internal import LogSearch
internal import RequestLog
internal import SQLite

extension LogReader {
  /// How many entries are scanned at once for those of a model, which have no index.
  private static let scanCount = 8192

  /// The first entries of a query within `positions`, in its order.
  ///
  /// - Throws: `overloaded` when a search takes too long, `cancelled`, `unavailable`.
  func page(
    of query: PositionQuery,
    in positions: Range<Position>,
    limit: Int
  ) throws(LogError) -> PositionPage {
    var page = RowPage(limit: min(limit, Self.pageCount), bytes: Self.pageBytes)
    if query.search == nil {
      let range = try self.scanRange(of: query, in: positions)
      try self.readUntilCancelled { (connection) throws(SQLiteError) in
        try page.add(Self.sql(query), query, range, connection)
      }
      return page.page(of: query.order, in: positions, lookedAt: range)
    }
    try self.updateTail()
    try self.readUntilCancelled { (connection) throws(SQLiteError) in
      // Both indexes are read in one snapshot, because the log's own may advance meanwhile.
      try connection.transaction(.deferred) { () throws(SQLiteError) in
        let boundary = try SearchTail.boundary(connection)
        var parts = [
          ("search", positions.clamped(to: Position(rawValue: 0) ..< boundary)),
          (SearchTail.table, positions.clamped(to: boundary ..< Position(rawValue: .max))),
        ]
        if query.order == .newestFirst { parts.reverse() }
        for (index, positions) in parts where !positions.isEmpty {
          try page.add(Self.sql(query, index: index), query, positions, connection)
        }
      }
    }
    return page.page(of: query.order, in: positions, lookedAt: positions)
  }

  /// The part of `positions` that is scanned at once.
  private func scanRange(
    of query: PositionQuery,
    in positions: Range<Position>
  ) throws(LogError) -> Range<Position> {
    guard query.model != nil, query.sessionID == nil, !positions.isEmpty else { return positions }
    let isNewestFirst = query.order == .newestFirst
    let sql = """
      SELECT position FROM entries WHERE position >= ?1 AND position < ?2
      \(query.userID == nil ? "" : "AND user_id = ?3")
      ORDER BY position \(isNewestFirst ? "DESC" : "ASC") LIMIT 1 OFFSET \(Self.scanCount - 1)
      """
    let last = try self.read { (connection) throws(SQLiteError) in
      try connection.withStatement(sql) { (statement) throws(SQLiteError) in
        try statement.bind(positions.lowerBound.rawValue, at: 1)
        try statement.bind(positions.upperBound.rawValue, at: 2)
        if let userID = query.userID { try statement.bind(userID, at: 3) }
        return try statement.step() ? statement.integer(at: 0).map(Position.init(rawValue:)) : nil
      }
    }
    guard let last else { return positions }
    return isNewestFirst
      ? last ..< positions.upperBound : positions.lowerBound ..< last.next
  }

  static func sql(_ query: PositionQuery, index: String = "search") -> String {
    var tables = "entries"
    // Both tables are read in the order of their key, the position.
    var key = "position"
    var conditions: [String] = []
    if query.userID != nil { conditions.append("user_id = ?3") }
    if query.model != nil { conditions.append("model = ?4") }
    if query.sessionID != nil { conditions.append("session_id = ?6") }
    if query.search != nil {
      // CROSS makes SQLite run the search first.
      tables = "\(index) CROSS JOIN entries ON position = \(index).rowid"
      key = "\(index).rowid"
      conditions.append("\(index) MATCH ?5")
    }
    conditions += ["\(key) >= ?1", "\(key) < ?2"]
    return """
      SELECT \(EntryRow.columns) FROM \(tables) WHERE \(conditions.joined(separator: " AND "))
      ORDER BY \(key) \(query.order == .newestFirst ? "DESC" : "ASC")
      """
  }
}

/// Rows that are read in one page.
private struct RowPage {
  let limit: Int
  let bytes: Int
  private var rows: [PositionPage.Row] = []
  private var size = 0

  init(limit: Int, bytes: Int) {
    self.limit = limit
    self.bytes = bytes
  }

  private var isFull: Bool { self.rows.count >= self.limit || self.size >= self.bytes }

  /// - Parameters: as of `PositionPage`.
  func page(
    of order: LogQuery.Order,
    in positions: Range<Position>,
    lookedAt: Range<Position>
  ) -> PositionPage {
    PositionPage(
      self.rows,
      stoppedAt: self.isFull ? self.rows.last?.position : nil,
      order,
      in: positions,
      lookedAt: lookedAt
    )
  }

  /// Reads rows up to the limits; the last row may exceed the bytes.
  mutating func add(
    _ sql: String,
    _ query: PositionQuery,
    _ positions: Range<Position>,
    _ connection: Connection
  ) throws(SQLiteError) {
    try connection.withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.bind(positions.lowerBound.rawValue, at: 1)
      try statement.bind(positions.upperBound.rawValue, at: 2)
      if let userID = query.userID { try statement.bind(userID, at: 3) }
      if let model = query.model { try statement.bind(model, at: 4) }
      if let search = query.search { try statement.bind(SearchExpression(search).text, at: 5) }
      if let sessionID = query.sessionID { try statement.bind(sessionID, at: 6) }
      while !self.isFull, try statement.step() {
        let row = EntryRow(statement)
        self.rows.append(.init(position: row.position, entry: row.entry))
        self.size = self.size.addingClamped(row.entry.size)
      }
    }
  }
}
