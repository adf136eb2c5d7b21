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

  /// Removes entries before a time, then the oldest ones until the log's documents have at most
  /// `maximumSize` bytes.
  ///
  /// One node at a time does it; when another one does, nothing is removed.
  func prune(
    before oldest: (_ now: Timestamp) -> Timestamp?,
    maximumSize: Int?,
    clock: (() -> Timestamp)?
  ) throws(LogError) -> Removal {
    defer { self.rest() }
    let database = self.database
    let claim = PruningClaim()
    let now = try self.withClient { client throws(MongoDBError) -> Timestamp? in
      guard try claim.take(client, database) else { return nil }
      if let clock { return clock() }
      return try ServerTime.read(client, database)
    }
    guard let now else { return .none }
    // Also when this is cancelled. If it fails, the claim ends by itself.
    defer {
      try? self.pool?.withClient { client throws(MongoDBError) in
        try claim.release(client, database)
      }
    }
    var removal = Removal.none
    if let end = oldest(now) {
      removal.add(try self.remove(before: Position(firstAt: end), now: now, claim: claim))
    }
    if let maximumSize {
      removal.add(try self.shrink(to: maximumSize, now: now, claim: claim))
    }
    return removal
  }

  /// Removes the oldest entries until the log's documents have at most `maximumSize` bytes.
  private func shrink(
    to maximumSize: Int,
    now: Timestamp,
    claim: PruningClaim
  ) throws(LogError) -> Removal {
    let database = self.database
    let known = self.status.foreign
    let foreign = try self.withClient { client throws(MongoDBError) in
      let total = try Self.sizes(client, database).count
      return try ForeignDocuments(known: known, total: total, client, database)
    }
    self.status.foreign = foreign
    var removal = Removal.none
    // What is removed shows at once in what the server tells.
    while true {
      let all = try self.withClient { client throws(MongoDBError) in
        try Self.sizes(client, database).documents
      }
      let size = max(all - foreign.size, 0)
      self.status.note(size: size)
      if size <= maximumSize { return removal }
      let batch = try self.remove(
        before: Position(rawValue: .max),
        maximumSize: size - maximumSize,
        now: now,
        isOneBatch: true,
        claim: claim
      )
      removal.add(batch)
      if batch.entries == 0 { return removal }
    }
  }

  /// Removes all entries of a user that are there now.
  ///
  /// It looks until it finds nothing more, each time at all that is durable, whichever server is then the
  /// primary (`LogEnd.confirm`).
  func erase(_ userID: Identifier) throws(LogError) -> Removal {
    defer { self.rest() }
    let database = self.database
    let (end, now) = try self.withClient { client throws(MongoDBError) in
      try LogEnd.confirm(client, database)
      return (
        try LogEnd(client, database).position.next, try ServerTime.read(client, database)
      )
    }
    var removal = Removal.none
    while true {
      let pass = try self.remove(before: end, of: userID, now: now)
      removal.add(pass)
      if pass.entries == 0 { return removal }
    }
  }

  /// - Parameter claim: renewed before each step, which ends when another node has it; nil when what is
  ///   removed does not depend on what others remove.
  private func remove(
    before end: Position,
    of userID: Identifier? = nil,
    maximumSize: Int = .max,
    now: Timestamp,
    isOneBatch: Bool = false,
    claim: PruningClaim? = nil
  ) throws(LogError) -> Removal {
    var removal = Removal.none
    var start: Position? = Position(rawValue: 0)
    while let from = start {
      try self.checkGoingOn()
      let database = self.database
      let limit = min(maximumSize, Self.batchBytes)
      let step = try self.withClient { client throws(MongoDBError) -> (Batch, Int)? in
        if let claim {
          guard try claim.take(client, database) else { return nil }
        } else {
          try LogEnd.confirm(client, database)
        }
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
      guard let (batch, count) = step else { return removal }
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
    let documents = try client.all(
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
      batch.bytes += Self.size(document["bytes"])
      batch.size = batch.size.addingClamped(Int(clamping: document["size"]?.integer ?? 0))
    }
    if documents.count < self.batchCount { batch.next = nil }
    return batch
  }

  /// The size that an entry says. Another program may have written any number.
  private static func size(_ value: Value?) -> Int {
    min(max(0, Int(clamping: value?.integer ?? 0)), 1 << 40)
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
