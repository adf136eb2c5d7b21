internal import Identifiers
internal import MongoDB
internal import RequestLog

extension LogMaintainer {
  /// The limits of one step, between which others store.
  private static let batchCount = 1000
  private static let batchBytes = 16 << 20

  /// Some of the oldest documents.
  private struct Batch {
    var ids: [Value] = []
    /// Those that fill the places of entries.
    var fillings: [Value] = []
    /// The size of the texts.
    var bytes = 0
    /// The size of the documents.
    var size = 0
    /// Where the next batch begins; nil when nothing follows.
    var next: Position?
  }

  /// Removes entries before a time, then the oldest ones until their documents have at most
  /// `maximumSize` bytes.
  ///
  /// Several nodes may do it at once: each removes the oldest that are there.
  func prune(
    before oldest: (_ now: Timestamp) -> Timestamp?,
    maximumSize: Int?,
    clock: (() -> Timestamp)?
  ) throws(LogError) -> Removal {
    defer { self.rest() }
    let database = self.database
    let now = try self.withClient { client throws(MongoDBError) in
      if let clock { return clock() }
      return try ServerTime.read(client, database)
    }
    var removal = Removal.none
    if let end = oldest(now) {
      removal.add(try self.remove(before: Position(firstAt: end), now: now))
    }
    guard let maximumSize else { return removal }
    // What is removed shows at once in what the server tells.
    while true {
      let size = try self.withClient { client throws(MongoDBError) in
        try Self.sizes(client, database).documents
      }
      self.status.note(size: size)
      if size <= maximumSize { return removal }
      let batch = try self.remove(
        before: Position(rawValue: .max),
        maximumSize: size - maximumSize,
        now: now,
        isOneBatch: true
      )
      removal.add(batch)
      if batch.entries == 0 { return removal }
    }
  }

  /// Removes all entries of a user that are there now.
  func erase(_ userID: Identifier) throws(LogError) -> Removal {
    defer { self.rest() }
    let database = self.database
    let end = try self.withClient { client throws(MongoDBError) in try LogEnd(client, database) }
    return try self.remove(before: end.position.next, of: userID, now: end.position.timestamp)
  }

  private func remove(
    before end: Position,
    of userID: Identifier? = nil,
    maximumSize: Int = .max,
    now: Timestamp,
    isOneBatch: Bool = false
  ) throws(LogError) -> Removal {
    var removal = Removal.none
    var start: Position? = Position(rawValue: 0)
    while let from = start {
      try self.checkGoingOn()
      let database = self.database
      let limit = min(maximumSize, Self.batchBytes)
      let (batch, count) = try self.withClient { client throws(MongoDBError) in
        let batch = try Self.batch(
          in: from ..< max(from, end),
          of: userID,
          maximumSize: limit,
          now: now,
          client,
          database
        )
        _ = try Self.delete(batch.fillings, client, database)
        return (batch, try Self.delete(batch.ids, client, database))
      }
      // Fewer when another node has removed some of them at the same time.
      let share = batch.ids.isEmpty ? 1 : Double(count) / Double(batch.ids.count)
      removal.add(Removal(entries: count, bytes: Int(Double(batch.bytes) * share)))
      start = isOneBatch && !batch.ids.isEmpty ? nil : batch.next
    }
    return removal
  }

  private static func batch(
    in positions: Range<Position>,
    of userID: Identifier?,
    maximumSize: Int,
    now: Timestamp,
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) -> Batch {
    var filter: Document = [
      "position": [
        "$gte": .int64(positions.lowerBound.rawValue), "$lt": .int64(positions.upperBound.rawValue),
      ]
    ]
    filter.append("user_id", ifPresent: userID.map { .text($0.text) })
    let reply = try client.read(
      [
        "aggregate": .text(Database.entries),
        "pipeline": [
          ["$match": .document(filter)], ["$sort": ["position": 1]],
          ["$limit": .int64(Int64(self.batchCount))],
          [
            "$project": [
              "position": 1, "bytes": 1, "filled": 1, "size": ["$bsonSize": "$$ROOT"],
            ]
          ],
        ],
        "cursor": ["batchSize": .int64(Int64(self.batchCount))], "collation": Database.simple,
      ],
      in: database.name
    )
    var batch = Batch()
    let documents = try client.all(reply, in: database.name)
    for document in documents {
      guard let position = document["position"]?.integer.map(Position.init(rawValue:)) else {
        break
      }
      if batch.size >= maximumSize {
        batch.next = position
        return batch
      }
      batch.next = position.next
      guard let id = document["_id"] else { continue }
      if document["filled"] != nil {
        if Filling.isOld(position, now: now) { batch.fillings.append(id) }
        continue
      }
      batch.ids.append(id)
      batch.bytes = batch.bytes.addingClamped(Int(clamping: document["bytes"]?.integer ?? 0))
      batch.size = batch.size.addingClamped(Int(clamping: document["size"]?.integer ?? 0))
    }
    if documents.count < self.batchCount { batch.next = nil }
    return batch
  }

  /// - Returns: how many were still there.
  private static func delete(
    _ ids: [Value],
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) -> Int {
    if ids.isEmpty { return 0 }
    let reply = try client.write(
      [
        "delete": .text(Database.entries),
        "deletes": [["q": ["_id": ["$in": .array(ids)]], "limit": 0]],
      ],
      in: database.name
    )
    return Int(clamping: reply["n"]?.integer ?? 0)
  }
}
