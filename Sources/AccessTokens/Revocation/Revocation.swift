public import Identifiers

/// A revocation of one access token, or of all that a user had.
public struct Revocation: Hashable, Sendable {
  /// What is revoked.
  public enum Subject: Hashable, Sendable {
    /// The access token with this `jti`.
    case token(jti: Identifier)
    /// The access tokens of a user that were issued before a time, and those without `iat`.
    case tokens(userID: Identifier, issuedBefore: NumericDate)
  }

  /// What is revoked.
  public var subject: Subject
  /// When all its tokens have expired; nil is never.
  public var lastExpiry: NumericDate?

  /// Creates a revocation.
  public init(subject: Subject, lastExpiry: NumericDate? = nil) {
    self.subject = subject
    self.lastExpiry = lastExpiry
  }
}
