public import Identifiers

/// What a token says whose signature, times, issuer and audience are right, and which is not
/// revoked.
public struct VerifiedToken: Hashable, Sendable {
  /// The claim `user_id`, or `sub` in its place. Never empty.
  public var userID: Identifier
  /// The scopes that are known here; nil when the token has no `scope`.
  public var scopes: Scopes?
  /// The name of this token, by which it is revoked.
  public var jti: Identifier?
  public var issuedAt: NumericDate?
  /// Nil when the policy lets tokens be without `exp`, and this one is.
  public var expiresAt: NumericDate?
  /// The key whose signature it has.
  public var keyID: Identifier
}
