/// Where revocations are kept, for all processes that share it. Its functions block the thread.
public protocol RevocationDatabase {
  /// Stores a revocation durably before it returns, and may remove those of tokens that expired by
  /// `expired`.
  ///
  /// - Throws: when it could not be stored.
  mutating func insert(
    _ revocation: Revocation,
    at now: NumericDate,
    forgetting expired: NumericDate
  ) throws(RevocationError)

  /// The revocations that any process has stored since the last call; some may come again.
  ///
  /// - Throws: when they cannot be read now; the next call has them.
  mutating func newRevocations() throws(RevocationError) -> [Revocation]
}

/// Why revocations could not be read or written.
public struct RevocationError: Error, Hashable, CustomStringConvertible {
  /// One sentence, for logs and operators.
  public var description: String

  /// Creates an error.
  public init(_ description: String) {
    self.description = description
  }
}
