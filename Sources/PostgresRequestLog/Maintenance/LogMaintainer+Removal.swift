internal import Identifiers
internal import Logging
internal import PostgreSQL
internal import RequestLog

extension LogMaintainer {
  /// Any number, the same for all nodes: who has a lock on it maintains the log.
  private static let maintenanceLock = 0x746F_6B78
  /// The limits of one transaction, which others that store wait for at its end.
  private static let batchCount = 1000
  private static let batchBytes = 16 << 20

  /// Removes entries before a time, then the oldest ones until at most `maximumBytes` are left. It
  /// does nothing while another node prunes.
  nonisolated func prune(
    before oldest: @escaping @Sendable (LogEnd) -> Timestamp?,
    maximumBytes: Int?
  ) async throws(LogError) -> Removal {
    try await self.withConnection { (maintainer, connection) throws(PostgreSQLError) in
      guard try maintainer.takeLock(connection) else { return .none }
      let end = try LogEnd(connection.run(LogEnd.read, until: maintainer.longDeadline))
      maintainer.note(bytes: end.bytes)
      var removal = Removal.none
      let isPartitioned = end.partitionedUntil != nil
      if let oldest = oldest(end) {
        if isPartitioned {
          removal.add(try maintainer.dropPartitions(before: Position(firstAt: oldest), connection))
        }
        while !Task.isCancelled {
          let batch = try maintainer.remove(
            Self.removal(before: Position(firstAt: oldest)),
            connection
          )
          removal.add(batch)
          if batch.entries == 0 { break }
        }
      }
      // What another program has written may be any number.
      let left = max(0, end.bytes.addingClamped(-removal.bytes))
      var excess = maximumBytes.map { left - $0 } ?? 0
      while excess > 0, !Task.isCancelled {
        let end = Position(rawValue: .max)
        let batch = try maintainer.remove(
          Self.removal(before: end, maximumBytes: excess),
          connection
        )
        removal.add(batch)
        if batch.entries == 0 { break }
        excess -= batch.bytes
      }
      if isPartitioned, removal.entries > 0 {
        removal.add(try maintainer.dropPartitions(before: nil, connection))
      }
      try maintainer.releaseLock(connection)
      return removal
    }
  }

  /// Removes all entries of a user, and what the server keeps of them in the table and its indexes.
  nonisolated func erase(_ userID: Identifier) async throws(LogError) -> Removal {
    try await self.withConnection { (maintainer, connection) throws(PostgreSQLError) in
      let end = try LogEnd(connection.run(LogEnd.read, until: maintainer.longDeadline))
      var removal = Removal.none
      while true {
        let batch = try maintainer.remove(
          Self.removal(before: end.position.next, of: userID),
          connection
        )
        removal.add(batch)
        if batch.entries == 0 { break }
      }
      try maintainer.clean(connection)
      return removal
    }
  }

  /// Removes what deleted rows have left. Only the owner of the table may.
  private func clean(_ connection: Connection) throws(PostgreSQLError) {
    let ownership: Statement = .command(
      """
      SELECT pg_has_role(relowner, 'USAGE') FROM pg_class
      WHERE oid = 'tokenwire.entries'::regclass
      """
    )
    guard try connection.run(ownership, until: self.longDeadline).integer(0, 0) == 1 else {
      self.tell(
        """
        Entries are erased; the server's role does not own the table, so that what is left of them \
        in it goes when the database's autovacuum runs, and from the index of words by REINDEX
        """
      )
      return
    }
    _ = try connection.run(.command("SET lock_timeout = 0"), until: self.longDeadline)
    // Not by waiting in the server: REINDEX waits for all statements that run, also for one that
    // waits for the lock that its own session has.
    while try !self.takeLock(connection) {
      _ = try connection.waitForNotification(until: .now + .milliseconds(200))
    }
    _ = try connection.run(
      .command("VACUUM (INDEX_CLEANUP ON) tokenwire.entries"),
      until: self.longDeadline
    )
    // Words stay in the index, even when no entry has them. An interrupted earlier one leaves an
    // index behind that is not used.
    let commands = try connection.run(Self.reindexing, until: self.longDeadline)
    for row in 0 ..< commands.count {
      guard let command = commands.identifier(row, 0) else { continue }
      _ = try connection.run(.command(command), until: self.longDeadline)
    }
  }

  /// Gives the commands that rebuild the indexes of words: there is one for each partition.
  private static let reindexing: Statement = .command(
    """
    SELECT CASE WHEN indisvalid THEN 'REINDEX INDEX CONCURRENTLY ' ELSE 'DROP INDEX ' END
      || indexrelid::regclass
    FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
      JOIN pg_am ON pg_am.oid = index.relam
    WHERE amname = 'gin' AND index.relkind = 'i' AND (
      indrelid = 'tokenwire.entries'::regclass OR indrelid IN (
        SELECT inhrelid FROM pg_inherits WHERE inhparent = 'tokenwire.entries'::regclass
      )
    )
    """
  )

  /// Drops partitions, unless that would have to wait long for others, who read them. What remains is
  /// removed row by row, or the next time.
  private func dropPartitions(
    before position: Position?,
    _ connection: Connection
  ) throws(PostgreSQLError) -> Removal {
    do throws(PostgreSQLError) {
      return try self.remove(LogPartitions.removal(before: position), connection)
    } catch {
      guard error.isConflict || error.code == .server("55P03") else { throw error }
      return .none
    }
  }

  /// Makes this the node that maintains the log, until the connection is closed.
  ///
  /// - Returns: whether no other node is.
  private func takeLock(_ connection: Connection) throws(PostgreSQLError) -> Bool {
    let lock: Statement = .command("SELECT pg_try_advisory_lock(\(Self.maintenanceLock))")
    return try connection.run(lock, until: self.longDeadline).integer(0, 0) == 1
  }

  /// The end of the connection would release it as well, but some time later.
  private func releaseLock(_ connection: Connection) throws(PostgreSQLError) {
    let release: Statement = .command("SELECT pg_advisory_unlock(\(Self.maintenanceLock))")
    _ = try connection.run(release, until: self.longDeadline)
  }

  /// Removes some entries in a transaction of their own.
  private func remove(
    _ statement: Statement,
    _ connection: Connection
  ) throws(PostgreSQLError) -> Removal {
    let rows = try connection.run(statement, until: self.longDeadline)
    guard rows.count > 0 else { return .none }
    self.note(bytes: Int(clamping: rows.integer(0, 2) ?? 0))
    return Removal(
      entries: Int(clamping: rows.integer(0, 0) ?? 0),
      bytes: Int(clamping: rows.integer(0, 1) ?? 0)
    )
  }

  /// Removes the oldest entries before a position, up to a number of bytes or a little more.
  private static func removal(
    before end: Position,
    of userID: Identifier? = nil,
    maximumBytes: Int = .max
  ) -> Statement {
    var parameters: [Parameter] = [
      .bigint(end.rawValue), .bigint(Int64(min(maximumBytes, Self.batchBytes))),
    ]
    if let userID { parameters.append(.text(ZeroFreeText.encoded(userID.text))) }
    return Statement(
      """
      WITH removed AS (
        DELETE FROM tokenwire.entries WHERE position IN (
          SELECT position FROM (
            SELECT position, sum(bytes) OVER (ORDER BY position) - bytes AS before
            FROM (
              SELECT position, bytes FROM tokenwire.entries
              WHERE position < $1 \(userID == nil ? "" : "AND user_id = $3")
              ORDER BY position LIMIT \(Self.batchCount)
            ) AS oldest
          ) AS counted WHERE before < $2
        ) RETURNING bytes
      ), total AS (
        SELECT count(*) AS removed_count, coalesce(sum(bytes), 0)::bigint AS removed_bytes
        FROM removed
      )
      UPDATE tokenwire.log_end
        SET entries = entries - removed_count, bytes = bytes - removed_bytes
        FROM total WHERE removed_count > 0
        RETURNING removed_count, removed_bytes, log_end.bytes
      """,
      parameters: parameters
    )
  }
}
