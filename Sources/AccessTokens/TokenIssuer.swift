public import Identifiers
internal import JSON

/// Issues access tokens, signed with the signing key of a key ring.
public struct TokenIssuer: Sendable {
  private let keys: KeyRing
  private let issuer: Identifier?
  private let audience: Identifier?
  private let now: @Sendable () -> NumericDate
  private let makeIdentifier: @Sendable () -> Identifier

  /// - Parameters:
  ///   - issuer: the `iss` of the tokens.
  ///   - audience: the `aud` of the tokens.
  public init(
    keys: KeyRing,
    issuer: Identifier? = nil,
    audience: Identifier? = nil,
    now: @escaping @Sendable () -> NumericDate = { .now }
  ) {
    self.init(
      keys: keys,
      issuer: issuer,
      audience: audience,
      now: now,
      makeIdentifier: { Identifier(Random.identifier()) }
    )
  }

  /// - Parameter makeIdentifier: makes each `jti`, which must be unique.
  init(
    keys: KeyRing,
    issuer: Identifier?,
    audience: Identifier?,
    now: @escaping @Sendable () -> NumericDate,
    makeIdentifier: @escaping @Sendable () -> Identifier
  ) {
    self.keys = keys
    self.issuer = issuer
    self.audience = audience
    self.now = now
    self.makeIdentifier = makeIdentifier
  }

  /// Issues an access token.
  ///
  /// - Parameters:
  ///   - userID: the user; not empty.
  ///   - scopes: what it allows; nil writes no `scope`, which leaves that to the server.
  ///   - lifetime: above zero; the expiry is rounded up to a whole second.
  /// - Throws: `invalidClaim` for an impossible user or expiry, `tooLarge` for a token that would
  ///   be too long, and `keyExpired` when the signing key has expired.
  public func issue(
    for userID: Identifier,
    scopes: Scopes? = nil,
    lifetime: Duration
  ) throws(JWTError) -> IssuedToken {
    let now = self.now().rounded
    let key = self.keys.keySet.signing
    guard key.isUsable(at: now) else { throw JWTError(.keyExpired) }
    guard !userID.isEmpty else { throw JWTError(.invalidClaim(.userID)) }
    let expiresAt = (now + lifetime).roundedUp
    guard lifetime > .zero, NumericDate.range.contains(expiresAt) else {
      throw JWTError(.invalidClaim(.exp))
    }
    let jti = self.makeIdentifier()

    var payload = JSONWriter()
    if let issuer { payload.member("iss", issuer.text) }
    if let audience { payload.member("aud", audience.text) }
    payload.member("user_id", userID.text)
    if let scopes { payload.member("scope", scopes.description) }
    // With its fraction, so that a token issued after its user's tokens were revoked is valid even
    // within the same second.
    payload.member("iat", now)
    payload.member("exp", expiresAt)
    payload.member("jti", jti.text)
    payload.end()

    let text = CompactToken.sign(payload.bytes, with: key)
    guard text.utf8.count <= CompactToken.maximumSize else { throw JWTError(.tooLarge) }
    return IssuedToken(text: text, jti: jti, issuedAt: now, expiresAt: expiresAt, keyID: key.id)
  }
}
