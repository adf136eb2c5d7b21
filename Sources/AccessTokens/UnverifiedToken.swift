public import Identifiers

/// What a token says, whether it is true or not: for people to look at, and to find out which token
/// is to be revoked. Nothing that it says may decide what a caller may do.
public struct UnverifiedToken: Sendable {
  /// The JSON of its first two parts, as it is.
  public let header: String
  public let payload: String
  /// By `user_id` or `sub`.
  public let userID: Identifier?
  public let jti: Identifier?
  public let issuer: Identifier?
  public let audiences: [Identifier]?
  public let issuedAt: NumericDate?
  public let notBefore: NumericDate?
  public let expiresAt: NumericDate?

  /// Reads a token in JWS compact serialization (RFC 7515 section 3.1).
  ///
  /// - Throws: when it is none, or a claim in it has a value of the wrong type.
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
