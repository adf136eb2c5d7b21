internal import MongoDB

/// What other programs have in the collection of entries: documents without a position.
struct ForeignDocuments: Hashable, Sendable {
  private var count = 0
  /// Their size, in bytes.
  private(set) var size = 0

  init() {}

  /// Counts them, and reads them only when they are others than before by more than a hundredth: they may
  /// be many, and entries are stored while they are counted.
  ///
  /// - Parameters:
  ///   - known: what they were.
  ///   - total: how many documents the collection has.
  init(
    known: ForeignDocuments,
    total: Int,
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    // Answered by the index of positions.
    let entries = try Self.group(
      ["$match": ["position": ["$gte": .int64(.min)]]],
      ["count": ["$sum": 1]],
      index: "entries_by_position",
      client,
      database
    )
    let count = max(total - Int(clamping: entries["count"]?.integer ?? 0), 0)
    if abs(count - known.count) <= known.count / 100 {
      self = known
      return
    }
    let foreign = try Self.group(
      ["$match": ["position": ["$exists": false]]],
      ["size": ["$sum": ["$bsonSize": "$$ROOT"]]],
      // It has them at each user's first keys, so that no entry is read.
      index: "entries_by_user",
      client,
      database
    )
    self.count = count
    self.size = Int(clamping: foreign["size"]?.integer ?? 0)
  }

  private static func group(
    _ match: Value,
    _ sums: Document,
    index: Value,
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) -> Document {
    var group = sums
    group.append("_id", .null)
    let found = try client.all(
      [
        "aggregate": .text(Database.entries),
        "pipeline": [match, ["$group": .document(group)]], "cursor": [:], "hint": index,
        "collation": Database.simple,
      ],
      in: database.name
    )
    return found.first ?? [:]
  }
}
