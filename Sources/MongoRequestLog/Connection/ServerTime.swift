internal import MongoDB
internal import RequestLog

/// The time of the database, which all nodes have.
///
/// It is the server's clock alone, and not the time of the last entry: a clock that was once wrong would
/// otherwise make all that comes later look old.
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
    return Timestamp(microseconds: time.addingClamped(1) * 1000 - 1)
  }
}
