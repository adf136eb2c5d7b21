internal import Identifiers
internal import JSON

/// Verifies access tokens according to RFC 8725.
///
/// The key decides the algorithm; the token's header only says which key it is. A token with `kid`
/// is verified with that key only. A token without `kid`, as other libraries make them, is tried
/// with every key of its algorithm, so it survives a key rotation.
public struct TokenVerifier: Sendable {
  private let keys: KeyRing
  private let policy: TokenPolicy
  /// The policy's leeway in seconds, for the checks.
  private let leeway: Double
  private let revocations: [RevocationStore]
  private let now: @Sendable () -> NumericDate

  /// - Parameter revocations: a token is revoked when one of them says so.
  public init(
    keys: KeyRing,
    policy: TokenPolicy = TokenPolicy(),
    revocations: [RevocationStore] = [],
    now: @escaping @Sendable () -> NumericDate = { .now }
  ) {
    self.keys = keys
    self.policy = policy
    self.leeway = policy.leeway / .seconds(1)
    self.revocations = revocations
    self.now = now
  }

  /// Verifies a token in JWS compact serialization (RFC 7515 section 3.1).
  ///
  /// - Parameter token: at most 8192 bytes; nil and "" count as missing.
  /// - Throws: the first reason to refuse it. `expired` is thrown only for a token with a valid
  ///   signature.
  public func verify(_ token: String?) throws(JWTError) -> VerifiedToken {
    guard let token, !token.isEmpty else { throw JWTError(.missing) }
    let now = self.now()
    let compact = try CompactToken(token)
    let key = try self.key(of: compact, at: now)
    let claims = try Claims(json: try compact.payload())
    try self.checkTimes(of: claims, at: now)
    try self.checkNames(in: claims)
    let verified = VerifiedToken(
      userID: try claims.user(),
      scopes: claims.scopes,
      jti: claims.jti,
      issuedAt: claims.issuedAt,
      expiresAt: claims.expiresAt,
      keyID: key.id
    )
    try self.checkRevocation(of: verified)
    return verified
  }

  /// The key that signed the token.
  private func key(of token: CompactToken, at now: NumericDate) throws(JWTError) -> TokenKey {
    let keys = self.keys.keySet
    let signature = try token.signature()
    // Most tokens were issued here, so their headers are known byte for byte.
    if let index = keys.keys.firstIndex(where: token.hasHeader) {
      return try self.check(signature, of: token, by: keys.keys[index], at: now)
    }
    let header = try TokenHeader(json: try token.header())
    if let id = header.keyID {
      guard let key = keys.key(named: id) else { throw JWTError(.unknownKey) }
      guard key.algorithm == header.algorithm else { throw JWTError(.wrongAlgorithm) }
      return try self.check(signature, of: token, by: key, at: now)
    }
    let candidates = keys.keys.filter { $0.algorithm == header.algorithm }
    guard !candidates.isEmpty else { throw JWTError(.wrongAlgorithm) }
    for key in candidates
    where key.isUsable(at: now) && token.isSigned(signature, by: key.secret) {
      return key
    }
    throw JWTError(.wrongSignature)
  }

  private func check(
    _ signature: [UInt8],
    of token: CompactToken,
    by key: TokenKey,
    at now: NumericDate
  ) throws(JWTError) -> TokenKey {
    guard key.isUsable(at: now) else { throw JWTError(.keyExpired) }
    guard token.isSigned(signature, by: key.secret) else { throw JWTError(.wrongSignature) }
    return key
  }

  private func checkTimes(of claims: Claims, at now: NumericDate) throws(JWTError) {
    if let expiresAt = claims.expiresAt {
      guard now < expiresAt + self.leeway else { throw JWTError(.expired) }
    } else if self.policy.requiresExpiry {
      throw JWTError(.missingClaim(.exp))
    }
    if let notBefore = claims.notBefore {
      guard now >= notBefore - self.leeway else { throw JWTError(.notYetValid) }
    }
    // A token from the future would outlive the revocation of all tokens that were issued before.
    if let issuedAt = claims.issuedAt {
      guard now >= issuedAt - self.leeway else { throw JWTError(.issuedInFuture) }
    }
  }

  private func checkNames(in claims: Claims) throws(JWTError) {
    if let issuer = self.policy.issuer {
      guard let claimed = claims.issuer else { throw JWTError(.missingClaim(.iss)) }
      guard claimed == issuer else { throw JWTError(.wrongIssuer) }
    }
    switch (self.policy.audience, claims.audiences) {
    case (nil, nil): break
    case (.some, nil): throw JWTError(.missingClaim(.aud))
    case (nil, .some): throw JWTError(.wrongAudience)
    case (let audience?, let claimed?):
      guard claimed.contains(audience) else {
        throw JWTError(.wrongAudience)
      }
    }
  }

  private func checkRevocation(of token: VerifiedToken) throws(JWTError) {
    var isRevoked = false
    do {
      for store in self.revocations where !isRevoked { isRevoked = try store.isRevoked(token) }
    } catch {
      throw JWTError(.revocationsUnreadable(error))
    }
    guard !isRevoked else { throw JWTError(.revoked) }
  }
}
