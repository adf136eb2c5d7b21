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
  ///   - mayBeAway: whether the database need not be there yet. Until it is, every token is refused, as
  ///     nobody knows which are revoked.
  ///   - logger: gets outages, for the operator.
  /// - Throws: when the database cannot be used now, or belongs to a newer version.
  public convenience init(
    sharedIn parameters: ConnectionParameters,
    mayBeAway: Bool = false,
    logger: Logger,
    now: @escaping @Sendable () -> NumericDate = { .now }
  ) throws(RevocationError) {
    let failure: PostgreSQLError?
    do throws(PostgreSQLError) {
      failure = try SharedSchema.prepare(parameters, mayBeAway: mayBeAway)
    } catch {
      throw RevocationError(error)
    }
    if let failure {
      logger.warning(
        """
        The database of revocations cannot be reached: until it can, no access token is taken, because \
        it may be revoked
        """,
        metadata: ["database": "\(parameters.place)", "error": "\(failure)"]
      )
    }
    try self.init(
      reader: PostgresRevocations(parameters, unprepared: failure, logger),
      writer: PostgresRevocations(parameters, unprepared: failure, logger),
      maximumAge: nil,
      mayBeAway: mayBeAway,
      now: now
    )
  }
}
