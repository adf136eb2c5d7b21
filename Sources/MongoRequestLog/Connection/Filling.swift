internal import Identifiers
internal import MongoDB
internal import RequestLog

/// Documents in the places of entries that never came.
enum Filling {
  /// How long they stay when older entries are removed: longer than a server can take to execute an
  /// insertion that it has received.
  private static let microseconds: Int64 = 86_400_000_000

  /// Whether no insertion can come at a position any more, so that what fills it may be removed.
  static func isOld(_ position: Position, now: Timestamp) -> Bool {
    position.timestamp.microseconds < now.microseconds.addingClamped(-self.microseconds)
  }

  /// Fills the positions of a reservation that have no entries, and releases it.
  static func fill(
    _ reservation: LogEnd.Reservation,
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    let documents = reservation.positions.map { position -> Value in
      [
        "_id": .text("filled-\(position.rawValue)"), "position": .int64(position.rawValue),
        "timestamp": .date(position.timestamp.milliseconds), "filled": true,
      ]
    }
    let reply = try client.write(
      ["insert": .text(Database.entries), "ordered": false, "documents": .array(documents)],
      in: database.name,
      allowsPart: true
    )
    let failures = try Insertion.failures(in: reply, of: documents.count, isOrdered: false)
    for error in failures.values {
      // An entry has come there.
      guard error.code == .server(MongoDBError.duplicateKey) else { throw error }
    }
    try LogEnd.release([reservation.token], client, database)
  }
}
