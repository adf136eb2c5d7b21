public import Identifiers

/// The contents of an access token with a valid signature, times, issuer and audience, which is not
/// revoked.
public struct VerifiedToken: Hashable, Sendable {
  /// The claim `user_id`, or `sub` in its place. Never empty.
  public var userID: Identifier
  /// The known scopes; nil when the token has no `scope`.
  public var scopes: Scopes?
  /// The id of this token, for revocation.
  public var jti: Identifier?
  /// The claim `iat`.
  public var issuedAt: NumericDate?
  /// The claim `exp`; nil only when the policy does not require it.
  public var expiresAt: NumericDate?
  /// The id of the key that signed it.
  public var keyID: Identifier
}
