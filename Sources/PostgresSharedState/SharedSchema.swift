internal import Identifiers
internal import PostgreSQL

/// The tables that the nodes of a cluster share beside their log. Published steps are never changed.
enum SharedSchema {
  static let schema = Schema("tokenwire_access", steps: steps)

  private static let steps = [
    """
    CREATE TABLE tokenwire_access.revocations (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      -- Binary, because a text may have a U+0000 in it.
      jti bytea,
      user_id bytea,
      -- Times are seconds since 1970.
      issued_before double precision,
      last_expiry double precision,
      revoked_at double precision NOT NULL,
      CHECK (
        (jti IS NOT NULL AND user_id IS NULL AND issued_before IS NULL)
        OR (jti IS NULL AND user_id IS NOT NULL AND issued_before IS NOT NULL)
      )
    );

    CREATE INDEX revocations_by_expiry ON tokenwire_access.revocations (last_expiry);

    -- What users have left of their limits a minute. It may be lost, which fills all buckets.
    CREATE UNLOGGED TABLE tokenwire_access.quotas (
      user_id bytea PRIMARY KEY,
      requests double precision NOT NULL,
      tokens double precision NOT NULL,
      -- The time that both are of.
      at timestamptz NOT NULL
    ) WITH (fillfactor = 50);
    """
  ]

  /// Creates the tables, or upgrades them.
  ///
  /// - Parameter mayBeAway: whether the database need not be there yet; whoever connects to it later then
  ///   does it.
  /// - Returns: why it could not be done yet.
  /// - Throws: `newerSchema`, or when the database cannot be used now.
  static func prepare(
    _ parameters: ConnectionParameters,
    mayBeAway: Bool
  ) throws(PostgreSQLError) -> PostgreSQLError? {
    do throws(PostgreSQLError) {
      try self.prepare(Connection(parameters))
      return nil
    } catch {
      guard mayBeAway, error != .newerSchema else { throw error }
      return error
    }
  }

  static func prepare(_ connection: Connection) throws(PostgreSQLError) {
    try connection.migrate(self.schema, until: .now + .seconds(60))
  }
}
