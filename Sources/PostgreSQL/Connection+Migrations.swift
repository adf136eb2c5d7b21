internal import Identifiers
internal import PostgreSQL

extension Connection {
  /// Any number, the same for all nodes: a lock on it lets one of them migrate at a time.
  private static let migrationLock = 0x746F_6B77

  /// Upgrades the database to the newest schema, whatever other nodes do meanwhile.
  ///
  /// A current database is only read, so that a server needs no more rights than storing needs.
  ///
  /// - Parameter steps: SQL, from the first step to the newest.
  /// - Throws: `newerSchema` when the database belongs to a newer version of the program.
  func migrate(_ steps: [String], until deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
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
    // An owner who has prepared rights on the schema has created it.
    let schema: Identifier = "SELECT count(*) FROM pg_namespace WHERE nspname = 'tokenwire'"
    if try self.run(.command(schema), until: deadline).integer(0, 0) == 0 {
      try self.execute("CREATE SCHEMA tokenwire", until: deadline)
    }
    if current == nil { try self.execute(LogSchema.versions, until: deadline) }
    for step in steps[(current ?? 0)...] { try self.execute(step, until: deadline) }
    try self.execute(
      "UPDATE tokenwire.schema_version SET version = \(steps.count); COMMIT",
      until: deadline
    )
  }

  /// Checks that the database has the newest schema.
  ///
  /// - Throws: `newerSchema`, or `invalid` when it has none or an older one.
  func checkVersion(
    _ steps: [String],
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) {
    let version = try self.version(until: deadline)
    try Self.check(version, steps)
    if version == steps.count { return }
    throw PostgreSQLError(
      .invalid,
      version == nil
        ? "there is no log in this database"
        : "the log is of an older version; a server that opens it upgrades it"
    )
  }

  /// Nil when there are no tables yet.
  private func version(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> Int? {
    // Not with to_regclass: within a transaction, it would not see what others have created since.
    let table: Identifier = """
      SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE nspname = 'tokenwire' AND relname = 'schema_version'
      """
    if try self.run(.command(table), until: deadline).integer(0, 0) == 0 { return nil }
    let sql: Statement = .command("SELECT version FROM tokenwire.schema_version")
    return try self.run(sql, until: deadline).integer(0, 0).map { Int($0) }
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
