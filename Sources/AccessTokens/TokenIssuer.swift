public import Identifiers
internal import JSON

/// Issues tokens that are signed with the key that signs.
public struct TokenIssuer: Sendable {
  private let keys: KeyRing
  private let issuer: Identifier?
  private let audience: Identifier?
  private let now: @Sendable () -> NumericDate
  private let makeIdentifier: @Sendable () -> Identifier

  /// - Parameters:
  ///   - issuer: who issues the tokens (`iss`).
  ///   - audience: for whom they are (`aud`).
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

  /// - Parameter makeIdentifier: makes each `jti`, which nobody else may have.
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

  /// Issues a token.
  ///
  /// - Parameters:
  ///   - userID: whose it is; not empty.
  ///   - scopes: what it lets its user do; nil leaves that to the service.
  ///   - lifetime: more than zero; the end is rounded up to a whole second.
  /// - Throws: when the user or the end is not possible (`invalidClaim`), when the token would be
  ///   `tooLarge`, and when the key that signs is past its end (`keyExpired`).
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
    // With its fraction: tokens that are issued after a user's were revoked are not revoked, also
    // when that was within the same second.
    payload.member("iat", now)
    payload.member("exp", expiresAt)
    payload.member("jti", jti.text)
    payload.end()

    let text = CompactToken.sign(payload.bytes, with: key)
    guard text.utf8.count <= CompactToken.maximumSize else { throw JWTError(.tooLarge) }
    return IssuedToken(text: text, jti: jti, issuedAt: now, expiresAt: expiresAt, keyID: key.id)
  }
}
