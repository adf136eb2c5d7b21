internal import Identifiers
internal import PostgreSQL
internal import RequestLog

extension LogMaintainer {
  private static let microsecondsPerDay: Int64 = 86_400_000_000

  /// Read from a covering index, without the texts.
  nonisolated func statistics(of userID: Identifier?) async throws(LogError) -> LogStatistics {
    // The beginning of the day, in microseconds.
    let day = "(position >> \(Position.tieBits)) / \(Self.microsecondsPerDay)"
    let name = userID.map { Parameter.text(ZeroFreeText.encoded($0.text)) }
    let statement = Statement(
      """
      SELECT user_id, \(day) * \(Self.microsecondsPerDay), count(*), sum(bytes)::bigint
      FROM tokenwire.entries \(userID == nil ? "" : "WHERE user_id = $1")
      GROUP BY user_id, 2
      """,
      parameters: name.map { [$0] } ?? []
    )
    let size: Statement = .command(
      """
      SELECT pg_total_relation_size('tokenwire.entries') + coalesce((
        SELECT sum(pg_total_relation_size(inhrelid))::bigint FROM pg_inherits
        WHERE inhparent = 'tokenwire.entries'::regclass
      ), 0)
      """
    )
    return try await self.withConnection { (maintainer, connection) throws(PostgreSQLError) in
      let read = try connection.run([size, statement], until: maintainer.longDeadline)
      var statistics = LogStatistics(storageBytes: Int(clamping: read[0].integer(0, 0) ?? 0))
      let rows = read[1]
      for row in 0 ..< rows.count {
        statistics.add(
          LogStatistics.Share(
            entries: Int(clamping: rows.integer(row, 2) ?? 0),
            bytes: Int(clamping: rows.integer(row, 3) ?? 0)
          ),
          user: Identifier(ZeroFreeText.decoded(rows.text(row, 0) ?? "")),
          day: Timestamp(microseconds: rows.integer(row, 1) ?? 0)
        )
      }
      return statistics
    }
  }
}
