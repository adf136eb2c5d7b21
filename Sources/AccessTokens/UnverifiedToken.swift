public import Identifiers

/// The contents of an access token that was not verified: for people to read, and to find the `jti`
/// to revoke. Never base a decision about access on it.
public struct UnverifiedToken: Sendable {
  /// The header's JSON, unchanged.
  public let header: String
  /// The payload's JSON, unchanged.
  public let payload: String
  /// The claim `user_id`, or `sub` in its place.
  public let userID: Identifier?
  /// The id of the token, for revocation.
  public let jti: Identifier?
  /// The claim `iss`.
  public let issuer: Identifier?
  /// The claim `aud`, as an array.
  public let audiences: [Identifier]?
  /// The claim `iat`.
  public let issuedAt: NumericDate?
  /// The claim `nbf`.
  public let notBefore: NumericDate?
  /// The claim `exp`.
  public let expiresAt: NumericDate?

  /// Reads a token in JWS compact serialization (RFC 7515 section 3.1).
  ///
  /// - Throws: when the text is not a token, or a claim has a value of the wrong type.
  public init(_ text: String) throws(JWTError) {
    let token = try CompactToken(text)
    let header = try token.header()
    let payload = try token.payload()
    _ = try TokenHeader(json: header)
    let claims = try Claims(json: payload)
    _ = try token.signature()
    self.header = String(decoding: header, as: UTF8.self)
    self.payload = String(decoding: payload, as: UTF8.self)
    self.userID = claims.userID ?? claims.subject
    self.jti = claims.jti
    self.issuer = claims.issuer
    self.audiences = claims.audiences
    self.issuedAt = claims.issuedAt
    self.notBefore = claims.notBefore
    self.expiresAt = claims.expiresAt
  }
}
