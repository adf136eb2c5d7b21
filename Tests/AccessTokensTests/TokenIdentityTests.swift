import Identifiers
import TestTexts
import Testing

@testable import AccessTokens

/// Names in tokens are compared by their bytes.
@Suite struct TokenIdentityTests {
  @Test(arguments: CanonicallyEqual.pairs)
  func `issuers and audiences are told apart`(_ first: String, _ second: String) throws {
    let keys = try TestKeys.ring(TestKeys.key())
    let policy = TokenPolicy(issuer: Identifier(first), audience: Identifier(first))
    let verifier = TokenVerifier(keys: keys, policy: policy)
    func reason(issuer: String, audience: String) throws -> JWTError.Reason? {
      let issuer = TokenIssuer(
        keys: keys,
        issuer: Identifier(issuer),
        audience: Identifier(audience)
      )
      return verifier.reason(try issuer.issue(for: "a", lifetime: .seconds(60)).text)
    }
    #expect(try reason(issuer: first, audience: first) == nil)
    #expect(try reason(issuer: second, audience: first) == .wrongIssuer)
    #expect(try reason(issuer: first, audience: second) == .wrongAudience)
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `revocations of users and of tokens are told apart`(
    _ first: String,
    _ second: String
  ) throws {
    try withTemporaryFolder { folder in
      let keys = try TestKeys.ring(TestKeys.key())
      let path = folder + "/revoked"
      let store = try RevocationStore(path: path)
      let issuer = TokenIssuer(keys: keys)
      let tokens = try [first, second].map {
        try issuer.issue(for: Identifier($0), lifetime: .seconds(60)).text
      }
      try store.revokeTokens(of: Identifier(first))
      try store.revoke(jti: Identifier(first), expiresAt: nil)
      // Both as it was told, and as the file tells it.
      for store in [store, try RevocationStore(path: path)] {
        let verifier = TokenVerifier(keys: keys, revocations: [store])
        #expect(verifier.reason(tokens[0]) == .revoked)
        #expect(verifier.reason(tokens[1]) == nil)
        for (jti, isRevoked) in [(first, true), (second, false)] {
          let token = VerifiedToken(
            userID: "other",
            jti: Identifier(jti),
            issuedAt: NumericDate.now,
            keyID: "k1"
          )
          #expect(try store.isRevoked(token) == isRevoked)
        }
      }
    }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `a key file has keys of both names, and each verifies its own tokens`(
    _ first: String,
    _ second: String
  ) throws {
    let clock = TestClock()
    func token(_ id: String, secret: [UInt8] = TestKeys.secret) throws -> String {
      try TestKeys.token(header: #"{"kid":"\#(id)","alg":"HS256"}"#, secret: secret)
    }
    let one = TestKeys.key(first)
    let others = [UInt8](repeating: 9, count: 64)
    let two = TestKeys.key(second, secret: others, operations: #"["verify"]"#)
    let both = TokenVerifier(keys: try TestKeys.ring(one, two), now: clock.now)
    #expect(both.reason(try token(first)) == nil)
    #expect(both.reason(try token(second)) == .wrongSignature)
    #expect(both.reason(try token(second, secret: others)) == nil)
    let onlyOne = TokenVerifier(keys: try TestKeys.ring(one), now: clock.now)
    #expect(onlyOne.reason(try token(second)) == .unknownKey)
    #expect(throws: KeyError.self) { try TestKeys.ring(one, TestKeys.key(first)) }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `user_id and sub that only look the same are two users`(
    _ first: String,
    _ second: String
  ) throws {
    let payload = #"{"user_id":"\#(first)","sub":"\#(second)","exp":1800000100}"#
    #expect(try TokenVerifier.test().reason(TestKeys.token(payload: payload)) == .twoUsers)
  }

  @Test(arguments: ["admi\u{6E}\u{303}", "a\u{FF44}min", "ADMIN", "lo\u{1E21}"])
  func `a scope that only looks like one grants nothing`(_ scope: String) {
    #expect(Scopes(knownIn: scope).isEmpty)
    #expect(Scopes(name: Identifier(scope)) == nil)
  }
}
