internal import Identifiers
internal import PostgreSQL
internal import RequestLog

extension Connection {
  /// Any number, the same for all nodes: a lock on it lets one of them migrate at a time.
  private static let migrationLock = 0x746F_6B77

  /// Upgrades the database to the newest schema, whatever other nodes do meanwhile.
  ///
  /// A current database is only read, so that a server needs no more rights than storing needs.
  ///
  /// - Parameter steps: SQL, from the first step to the newest.
  /// - Throws: `newerSchema` when the database belongs to a newer version of the program, and
  ///   `unavailable` when it cannot be upgraded.
  func migrate(_ steps: [String], until deadline: ContinuousClock.Instant) throws(LogError) {
    do throws(PostgreSQLError) {
      let version = try self.version(until: deadline)
      try Self.check(version, steps)
      if version == steps.count { return }
      try self.execute(
        """
        BEGIN;
        SET LOCAL lock_timeout = 0;
        SET LOCAL idle_in_transaction_session_timeout = 0;
        SELECT pg_advisory_xact_lock(\(Self.migrationLock))
        """,
        until: deadline
      )
      // Another node may have done it meanwhile.
      let current = try self.version(until: deadline)
      try Self.check(current, steps)
      // With the schema alone, its owner has prepared the rights on it.
      if try !self.exists("to_regnamespace('tokenwire')", until: deadline) {
        try self.execute("CREATE SCHEMA tokenwire", until: deadline)
      }
      if current == nil { try self.execute(LogSchema.versions, until: deadline) }
      for step in steps[(current ?? 0)...] { try self.execute(step, until: deadline) }
      try self.execute(
        "UPDATE tokenwire.schema_version SET version = \(steps.count); COMMIT",
        until: deadline
      )
    } catch {
      throw LogError(opening: error)
    }
  }

  /// Nil when there are no tables yet.
  private func version(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> Int? {
    guard try self.exists("to_regclass('tokenwire.schema_version')", until: deadline) else {
      return nil
    }
    let sql: Statement = .command("SELECT version FROM tokenwire.schema_version")
    return try self.run(sql, until: deadline).integer(0, 0).map { Int($0) }
  }

  private func exists(
    _ object: String,
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) -> Bool {
    let sql: Statement = .command("SELECT \(object) IS NOT NULL")
    return try self.run(sql, until: deadline).integer(0, 0) == 1
  }

  private static func check(_ version: Int?, _ steps: [String]) throws(PostgreSQLError) {
    guard let version, version > steps.count else { return }
    throw .newerSchema
  }
}

extension PostgreSQLError {
  static let newerSchema = PostgreSQLError(
    .invalid,
    "the database belongs to a newer version of this program: use that one"
  )
}
