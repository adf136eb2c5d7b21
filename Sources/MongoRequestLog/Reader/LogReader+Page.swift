internal import Identifiers
internal import MongoDB
internal import RequestLog

extension LogReader {
  /// The most entries of a page. A reply of MongoDB has at most 16 MiB, and one entry whatever its
  /// size.
  private static let pageCount = 256

  /// The earliest position of the next entry.
  nonisolated func end() async throws(LogError) -> Position {
    try await self.readEnd().position.next
  }

  private func readEnd() throws(LogError) -> LogEnd {
    let database = self.database
    let end = try self.read { client throws(MongoDBError) in try LogEnd(client, database) }
    // What is read next must not be older, should another server become the primary.
    _ = self.status.note(end: end.position)
    return end
  }

  func positions(
    of query: PositionQuery,
    after id: ULID
  ) throws(LogError) -> Range<Position> {
    let database = self.database
    let range = Position.range(of: id)
    let isNewestFirst = query.order == .newestFirst
    let positions: Value = [
      "$gte": .int64(range.lowerBound.rawValue), "$lt": .int64(range.upperBound.rawValue),
    ]
    let found = try self.read { client throws(MongoDBError) -> Int64? in
      let exact = try client.read(
        [
          "find": .text(Database.entries),
          // Wherever it is: a forwarded one is behind the millisecond of its id.
          "filter": ["_id": .text(id.description), "position": ["$gte": .int64(0)]],
          "projection": ["position": 1], "limit": 1, "singleBatch": true,
        ],
        in: database.name
      )
      if let position = Cursor(exact).documents.first?["position"]?.integer { return position }
      let neighbour = try client.read(
        [
          "find": .text(Database.entries),
          "filter": [
            "position": positions,
            "_id": [isNewestFirst ? "$gt" : "$lt": .text(id.description)],
            "filled": ["$exists": false], "logged_at": ["$exists": false],
          ],
          "sort": ["position": isNewestFirst ? 1 : -1],
          "projection": ["position": 1], "limit": 1, "singleBatch": true,
        ],
        in: database.name
      )
      return Cursor(neighbour).documents.first?["position"]?.integer
    }
    return query.positions(after: id, found: found.map(Position.init(rawValue:)))
  }

  /// The first entries of a query within `positions`, in its order.
  ///
  /// The newest come as they are there now. The oldest come up to where no entry can come any more, so
  /// that whoever continues behind the last one misses none.
  nonisolated func page(
    of query: PositionQuery,
    in positions: Range<Position>,
    limit: Int
  ) async throws(LogError) -> PositionPage {
    let nothing = PositionPage([], stoppedAt: nil, query.order, in: positions, lookedAt: positions)
    if positions.isEmpty { return nothing }
    var candidates: [Value] = []
    if let search = query.search {
      guard let found = try await self.candidates(of: search) else { return nothing }
      candidates = found
    }
    // What the index finds may be more than the search does.
    let count = query.search == nil ? min(limit, Self.pageCount) : Self.pageCount
    let (found, isFull): ([Document], Bool)
    let conditions = candidates
    switch query.order {
    case .newestFirst:
      (found, isFull) = try await self.documents(of: query, conditions, in: positions, limit: count)
    case .oldestFirst:
      (found, isFull) = try await self.settled { client, end throws(MongoDBError) in
        let settled = positions.clamped(to: Position(rawValue: .min) ..< end)
        return try self.find(query, conditions, in: settled, limit: count, client)
      }
    }
    let last = isFull ? found.last?["position"]?.integer.map(Position.init(rawValue:)) : nil
    let entries = found.compactMap { EntryDocument($0) }
    let rows = entries.map { PositionPage.Row(position: $0.position, entry: $0.entry) }
    guard let search = query.search else {
      return PositionPage(rows, stoppedAt: last, query.order, in: positions, lookedAt: positions)
    }
    let matching = try await self.matches(search, in: rows.map(\.entry.content))
    let matches = rows.indices.filter(matching.contains).map { rows[$0] }
    // More than may be returned are read again.
    let returned = Array(matches.prefix(limit))
    let end = matches.count > limit ? returned.last?.position : last
    return PositionPage(returned, stoppedAt: end, query.order, in: positions, lookedAt: positions)
  }

  private func documents(
    of query: PositionQuery,
    _ conditions: [Value],
    in positions: Range<Position>,
    limit: Int
  ) throws(LogError) -> ([Document], isFull: Bool) {
    try self.read { client throws(MongoDBError) in
      try self.find(query, conditions, in: positions, limit: limit, client)
    }
  }

  /// - Returns: whether there may be more than are returned.
  private nonisolated func find(
    _ query: PositionQuery,
    _ conditions: [Value],
    in positions: Range<Position>,
    limit: Int,
    _ client: borrowing Client
  ) throws(MongoDBError) -> ([Document], isFull: Bool) {
    if positions.isEmpty { return ([], false) }
    var filter: Document = [
      "position": [
        "$gte": .int64(positions.lowerBound.rawValue), "$lt": .int64(positions.upperBound.rawValue),
      ]
    ]
    filter.append("user_id", ifPresent: query.userID.map { .text($0.text) })
    filter.append("model", ifPresent: query.model.map { .text($0.text) })
    filter.append("session_id", ifPresent: query.sessionID.map { .text($0.text) })
    if !conditions.isEmpty { filter.append("$and", .array(conditions)) }
    let count = Value.int64(Int64(limit))
    let reply = try client.read(
      [
        "find": .text(Database.entries), "filter": .document(filter),
        "sort": ["position": query.order == .newestFirst ? -1 : 1],
        "projection": EntryDocument.projection, "limit": count, "batchSize": count,
        "maxTimeMS": .int64(self.queryTime.milliseconds), "allowDiskUse": true,
        "collation": Database.simple,
      ],
      in: self.database.name
    )
    let cursor = Cursor(reply)
    if cursor.id != 0 {
      // The rest does not fit into the reply; the next page begins there.
      _ = try client.run(
        ["killCursors": .text(Database.entries), "cursors": [.int64(cursor.id)]],
        in: self.database.name
      )
    }
    return (cursor.documents, cursor.documents.count >= limit || cursor.id != 0)
  }
}

extension Duration {
  /// At least 1, because 0 is no limit to the server.
  fileprivate var milliseconds: Int64 {
    max(Int64(clamping: Int128(self.attoseconds) / 1_000_000_000_000_000), 1)
  }
}
