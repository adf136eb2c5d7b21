public import AccessTokens
public import Logging
public import PostgreSQL

extension RevocationStore {
  /// Opens the revocations in a PostgreSQL database, or creates their tables.
  ///
  /// Those of other nodes apply here a quarter of a second after they were made, or after a second if
  /// their notification is lost. While the database cannot be reached, nobody can revoke anything
  /// there: what is known stays revoked, and tokens are verified on.
  ///
  /// - Parameters:
  ///   - parameters: how to connect; one connection is kept.
  ///   - logger: gets outages, for the operator.
  /// - Throws: when the database cannot be used now, or belongs to a newer version.
  public convenience init(
    sharedIn parameters: ConnectionParameters,
    logger: Logger,
    now: @escaping @Sendable () -> NumericDate = { .now }
  ) throws(RevocationError) {
    do throws(PostgreSQLError) {
      try SharedSchema.prepare(parameters)
    } catch {
      throw RevocationError(error)
    }
    try self.init(
      reader: PostgresRevocations(parameters, logger),
      writer: PostgresRevocations(parameters, logger),
      maximumAge: nil,
      now: now
    )
  }
}
