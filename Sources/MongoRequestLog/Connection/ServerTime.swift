internal import MongoDB
internal import RequestLog

/// The time of the database, which all nodes have.
enum ServerTime {
  /// The end of the server's current millisecond; it tells no more.
  static func read(
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) -> Timestamp {
    let hello = try client.run(["hello": 1], in: database.name)
    guard let time = hello["localTime"]?.date else {
      throw MongoDBError(.invalid, "the server does not tell its time")
    }
    // The log's time may be a little ahead.
    let end = try LogEnd(client, database).position.timestamp
    return max(Timestamp(microseconds: time.addingClamped(1) * 1000 - 1), end)
  }
}
