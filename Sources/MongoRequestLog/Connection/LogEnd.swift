internal import Identifiers
internal import MongoDB
internal import RequestLog

/// The end of the log: one document, from which all nodes take the positions of their entries.
///
/// A node reserves positions, inserts entries there, and then releases its reservation. MongoDB
/// executes the changes of one document one after the other, and positions only grow. So when a reader
/// has seen the end at a position E, and later that none of the reservations that were there then is
/// left, no entry will come at E or before it any more, if this holds:
///
/// A reservation is released only when no entry can come at its positions any more: each has a document,
/// or the node knows that no insertion there is on its way, because each that it has sent was answered.
///
/// Who does not know it, because its node has lost a connection, or because it is another node and the
/// first one has died, fills the positions with documents that are no entries (`Filling`). The index of
/// positions is unique: an insertion that comes late fails, and its node, if there is one, stores the
/// entry at a new position.
///
/// Imported entries keep their times: they take any free positions, and no reader waits for them.
///
/// No clock and no lease decides anything: a reservation that is taken for dead too early costs its node
/// another attempt. No transactions are used, which a server without a replica set does not have.
struct LogEnd: Sendable {
  /// Positions that a node may insert entries at.
  struct Reservation: Hashable, Sendable {
    /// Its name in the document.
    let token: Identifier
    let first: Position
    let count: Int

    /// Each entry has a microsecond of its own.
    var positions: [Position] { (0 ..< self.count).map(self.position) }

    func position(_ index: Int) -> Position {
      Position(rawValue: self.first.rawValue.addingClamped(Int64(index) << Position.tieBits))
    }
  }

  /// The last position that was reserved; a microsecond before the first, when there is none.
  let position: Position
  let reservations: [Reservation]

  /// One microsecond, in positions.
  private static let step = Int64(1) << Position.tieBits
  private static let key: Value = ["_id": "log_end"]

  private init(_ document: Document?) throws(MongoDBError) {
    guard let document, let position = document["position"]?.integer else {
      throw MongoDBError(
        .invalid,
        "the document \"log_end\" of \(Database.state) is missing: another program has removed it"
      )
    }
    self.position = Position(rawValue: position)
    self.reservations = (document["reservations"]?.document ?? [:]).pairs.compactMap {
      token,
      value in
      guard let range = value.document, let first = range["first"]?.integer else { return nil }
      return Reservation(
        token: token,
        first: Position(rawValue: first),
        // As many as are stored at once, at the most.
        count: Int(clamping: min(max(range["count"]?.integer ?? 0, 0), 1 << 16))
      )
    }
  }

  /// Reads the end.
  init(_ client: borrowing Client, _ database: Database) throws(MongoDBError) {
    try self.init(Self.document(client, database))
  }

  /// Nil when there is no log.
  static func document(
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) -> Document? {
    let reply = try client.read(
      ["find": .text(Database.state), "filter": self.key, "limit": 1, "singleBatch": true],
      in: database.name
    )
    return Cursor(reply).documents.first
  }

  /// Creates the end, or makes it that of a newer schema.
  static func create(
    _ client: borrowing Client,
    _ database: Database,
    schema: Int64
  ) throws(MongoDBError) {
    // There are entries when they were restored without the end.
    let last = try client.read(
      [
        "find": .text(Database.entries), "filter": ["position": ["$gte": .int64(0)]],
        "sort": ["position": -1], "projection": ["position": 1], "limit": 1, "singleBatch": true,
      ],
      in: database.name
    )
    let position = Cursor(last).documents.first?["position"]?.integer ?? -self.step
    let update: Value = [
      "q": self.key, "upsert": true,
      "u": [
        "$set": ["schema": .int64(schema)],
        "$setOnInsert": ["position": .int64(position & ~(self.step - 1)), "reservations": [:]],
      ],
    ]
    do {
      _ = try client.write(
        ["update": .text(Database.state), "updates": [update]],
        in: database.name
      )
    } catch  where error.code == .server(MongoDBError.duplicateKey) {
      // Another node has created it at the same time.
    }
  }

  /// Reserves positions behind all that were reserved before, at the current time or later.
  ///
  /// When it fails, it may have been done: its token must then be released, and no other attempt may
  /// have the same one.
  ///
  /// - Parameter now: nil is the server's time.
  static func reserve(
    _ count: Int,
    token: Identifier,
    now: Timestamp?,
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) -> Reservation {
    let time: Value =
      if let now {
        .int64(Position(firstAt: now).rawValue)
      } else {
        ["$multiply": [["$toLong": "$$NOW"], .int64(1000 * self.step)]]
      }
    let first: Value = ["$max": [["$add": ["$position", .int64(self.step)]], time]]
    let last: Value = ["$add": ["$position", .int64(Int64(count - 1) * self.step)]]
    let reply = try client.write(
      [
        "findAndModify": .text(Database.state), "query": self.key, "new": true,
        "update": [
          ["$set": ["position": first]],
          [
            "$set": [
              "reservations.\(token)": ["first": "$position", "count": .int64(Int64(count))],
              "position": last,
            ]
          ],
        ],
      ],
      in: database.name
    )
    let end = try LogEnd(reply["value"]?.document)
    guard let reservation = end.reservations.first(where: { $0.token == token }) else {
      throw MongoDBError(.invalid, "the server has not reserved positions")
    }
    return reservation
  }

  /// Tells that no entries will come at the positions of reservations any more.
  static func release(
    _ tokens: [Identifier],
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    var names = Document()
    for token in tokens { names.append("reservations.\(token)", "") }
    try self.update(["$unset": .document(names)], client, database)
  }

  /// Makes new entries come after imported ones: behind the millisecond of the last, whose ids may be
  /// any of it.
  static func advance(
    past time: Timestamp,
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    let end = Timestamp(microseconds: time.milliseconds * 1000 + 999)
    try self.update(
      ["$max": ["position": .int64(Position(firstAt: end).rawValue)]],
      client,
      database
    )
  }

  /// Writes something that means nothing. When it returns, all that was written before is durable on a
  /// majority, and what is then read in the same session includes it, although another server may have
  /// become the primary meanwhile and not know yet how far the majority is.
  static func confirm(_ client: borrowing Client, _ database: Database) throws(MongoDBError) {
    try self.update(["$inc": ["confirmations": .int64(1)]], client, database)
  }

  private static func update(
    _ change: Value,
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    _ = try client.write(
      ["update": .text(Database.state), "updates": [["q": self.key, "u": change]]],
      in: database.name
    )
  }
}
