internal import Identifiers

extension Connection {
  /// Any number, the same for all nodes: a lock on it lets one of them migrate at a time.
  private static let migrationLock = 0x746F_6B77

  /// Upgrades the database to the newest schema, whatever other nodes do meanwhile.
  ///
  /// A current database is only read, so that a server needs no more rights than its work does.
  ///
  /// - Throws: `newerSchema` when the database belongs to a newer version of the program.
  public func migrate(
    _ schema: Schema,
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) {
    let version = try self.version(of: schema, until: deadline)
    try schema.check(version)
    if version == schema.steps.count { return }
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
    let current = try self.version(of: schema, until: deadline)
    try schema.check(current)
    // An owner who has prepared rights on the schema has created it.
    let count = Statement(
      "SELECT count(*) FROM pg_namespace WHERE nspname = $1",
      .text(schema.name.text),
      isPrepared: false
    )
    if try self.run(count, until: deadline).integer(0, 0) == 0 {
      try self.execute("CREATE SCHEMA \(schema.name)", until: deadline)
    }
    if current == nil { try self.execute(schema.versions, until: deadline) }
    for step in schema.steps[(current ?? 0)...] { try self.execute(step, until: deadline) }
    try self.execute(
      "UPDATE \(schema.name).schema_version SET version = \(schema.steps.count); COMMIT",
      until: deadline
    )
  }

  /// Checks that the database has the newest schema.
  ///
  /// - Throws: `newerSchema`, or `invalid` when it has none or an older one.
  public func checkVersion(
    _ schema: Schema,
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) {
    let version = try self.version(of: schema, until: deadline)
    try schema.check(version)
    if version == schema.steps.count { return }
    throw PostgreSQLError(
      .invalid,
      version == nil
        ? "the database has no tables of this program (schema \(schema.name))"
        : "its tables are of an older version; a server that opens the database upgrades them"
    )
  }

  /// Nil when there are no tables yet.
  private func version(
    of schema: Schema,
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) -> Int? {
    // Not with to_regclass: within a transaction, it would not see what others have created since.
    let table = Statement(
      """
      SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE nspname = $1 AND relname = 'schema_version'
      """,
      .text(schema.name.text),
      isPrepared: false
    )
    if try self.run(table, until: deadline).integer(0, 0) == 0 { return nil }
    let sql = Identifier("SELECT version FROM \(schema.name).schema_version")
    return try self.run(.command(sql), until: deadline).integer(0, 0).map { Int($0) }
  }
}
