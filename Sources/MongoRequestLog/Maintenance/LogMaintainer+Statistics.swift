internal import Identifiers
internal import MongoDB
internal import RequestLog

extension LogMaintainer {
  private static let microsecondsPerDay: Int64 = 86_400_000_000
  /// How old a size may be that is only compared with a limit.
  private static let sizeAge = Duration.seconds(5)

  /// Read from an index, without the texts.
  func statistics(of userID: Identifier?) throws(LogError) -> LogStatistics {
    defer { self.rest() }
    let database = self.database
    let day = Value.int64(Self.microsecondsPerDay << Position.tieBits)
    var filter: Document = [:]
    filter.append("user_id", ifPresent: userID.map { .text($0.text) })
    // Neither what other programs have inserted, nor what fills the places of entries.
    if userID == nil { filter.append("user_id", ["$type": "string"]) }
    filter.append("position", ["$gte": .int64(0)])
    let groups: Value = [
      "_id": [
        "user": "$user_id", "day": ["$subtract": ["$position", ["$mod": ["$position", day]]]],
      ],
      "entries": ["$sum": 1], "bytes": ["$sum": "$bytes"],
    ]
    let command: Document = [
      "aggregate": .text(Database.entries),
      "pipeline": [["$match": .document(filter)], ["$group": groups]],
      "cursor": [:], "allowDiskUse": true, "collation": Database.simple,
    ]
    let (size, found) = try self.withClient { client throws(MongoDBError) in
      (
        try Self.sizes(client, database),
        try client.all(command, in: database.name)
      )
    }
    var statistics = LogStatistics(storageBytes: size.storage)
    for group in found {
      let key = group["_id"]?.document ?? [:]
      guard let user = key["user"]?.text, let start = key["day"]?.integer else { continue }
      statistics.add(
        LogStatistics.Share(
          entries: Int(clamping: group["entries"]?.integer ?? 0),
          bytes: Int(clamping: group["bytes"]?.integer ?? 0)
        ),
        user: Identifier(user),
        day: Position(rawValue: start).timestamp
      )
    }
    return statistics
  }

  /// The size of the log's documents, as of a few seconds ago and with what this node has added since.
  func size() -> Int? {
    if let size = self.status.size(notOlderThan: Self.sizeAge) { return size }
    let database = self.database
    let read = try? database.pool.withClient { client throws(MongoDBError) in
      try Self.sizes(client, database).documents
    }
    guard let read else { return nil }
    // What other programs have added since they were counted comes on top; pruning counts again.
    let size = max(read - self.status.foreign.size, 0)
    self.status.note(size: size)
    return size
  }

  static func sizes(
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) -> (count: Int, documents: Int, storage: Int) {
    let reply = try client.run(["collStats": .text(Database.entries)], in: database.name)
    func number(_ name: StaticString) -> Int { Int(clamping: reply[name]?.integer ?? 0) }
    return (
      number("count"), number("size"),
      number("storageSize").addingClamped(number("totalIndexSize"))
    )
  }
}
