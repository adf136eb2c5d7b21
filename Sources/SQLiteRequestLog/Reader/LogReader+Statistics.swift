internal import Identifiers
internal import RequestLog
internal import SQLite

extension LogReader {
  private static let microsecondsPerDay: Int64 = 86_400_000_000

  /// Read from a covering index, without the texts.
  func statistics(of userID: Identifier?) throws(LogError) -> LogStatistics {
    // The beginning of the day, in microseconds.
    let day = "(position >> \(Position.tieBits)) / \(Self.microsecondsPerDay)"
    let sql = """
      SELECT user_id, \(day) * \(Self.microsecondsPerDay), count(*), total(max(bytes, 0))
      FROM entries INDEXED BY entries_by_user
      \(userID == nil ? "" : "WHERE user_id = ?1")
      GROUP BY user_id, 2
      """
    return try self.read { (connection) throws(SQLiteError) in
      let pages = try connection.integer("PRAGMA page_count") ?? 0
      let pageSize = try connection.integer("PRAGMA page_size") ?? 0
      var statistics = LogStatistics(storageBytes: Int(pages * pageSize))
      try connection.withStatement(sql) { (statement) throws(SQLiteError) in
        if let userID { try statement.bind(userID, at: 1) }
        while try statement.step() {
          let share = LogStatistics.Share(
            entries: Int(statement.integer(at: 2) ?? 0),
            // A sum of integers could overflow, which is an error. This one is exact up to 8 PiB.
            bytes: Int(clamping: statement.integer(at: 3) ?? 0)
          )
          statistics.add(
            share,
            user: statement.identifier(at: 0) ?? "",
            day: Timestamp(microseconds: statement.integer(at: 1) ?? 0)
          )
        }
      }
      return statistics
    }
  }
}
