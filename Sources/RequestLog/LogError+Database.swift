internal import Identifiers

/// The state of stores in a database that can be lost.
extension LogCondition {
  package static let databaseIsOutOfReach = LogCondition.unavailable(
    "The log's database cannot be reached"
  )
}

/// Errors common to stores in a database that can be lost.
extension LogError {
  /// The database cannot be reached, and nothing was sent that it could store.
  package static func unreachable(
    _ error: (any Error)?,
    retryAfter: Duration? = nil
  ) -> LogError {
    LogError(
      .unavailable,
      "The log's database cannot be reached now; nothing was stored",
      retryAfter: retryAfter,
      cause: error
    )
  }

  /// The database was told to store, and has not answered.
  package static func inDoubt(_ error: any Error) -> LogError {
    LogError(
      .unavailable,
      """
      The log's database does not answer: whether the entry is stored is not known. Send it again, \
      with the same idempotency_key
      """,
      cause: error
    )
  }
}
