import Foundation
import Identifiers
import Testing

@testable import AccessTokens

@Suite struct TokenIssuerTests {
  @Test func `an issued token is verified`() throws {
    let clock = TestClock()
    clock.seconds += 0.123456
    let keys = try TestKeys.ring(TestKeys.key())
    let issuer = TokenIssuer(keys: keys, issuer: "joe", audience: "wire", now: clock.now)
    let issued = try issuer.issue(for: "alice", scopes: [.admin, .log], lifetime: .seconds(60))
    let verifier = TokenVerifier(
      keys: keys,
      policy: TokenPolicy(issuer: "joe", audience: "wire"),
      now: clock.now
    )
    let verified = try verifier.verify(issued.text)
    #expect(
      verified
        == VerifiedToken(
          userID: "alice",
          scopes: [.log, .admin],
          jti: issued.jti,
          issuedAt: NumericDate(secondsSinceEpoch: 1_800_000_000.123456),
          expiresAt: NumericDate(secondsSinceEpoch: 1_800_000_061),
          keyID: "k1"
        )
    )
    #expect(issued.issuedAt == verified.issuedAt)
    #expect(issued.expiresAt == verified.expiresAt)
    #expect(issued.keyID == "k1")
    #expect(issued.jti.utf8.count == 22)
  }

  @Test func `the text is what it is said to be`() throws {
    let keys = try TestKeys.ring(TestKeys.key())
    let issuer = TokenIssuer(
      keys: keys,
      issuer: nil,
      audience: nil,
      now: TestClock().now,
      makeIdentifier: { "j1" }
    )
    let token = try CompactToken(issuer.issue(for: "a\"\u{7}ä", lifetime: .seconds(1)).text)
    #expect(try token.header() == Array(#"{"alg":"HS256","typ":"JWT","kid":"k1"}"#.utf8))
    #expect(
      try token.payload()
        == Array(
          #"{"user_id":"a\"\u0007ä","iat":1800000000,"exp":1800000001,"jti":"j1"}"#.utf8
        )
    )
  }

  @Test func `names with anything in them round trip`() throws {
    let keys = try TestKeys.ring(TestKeys.key())
    let issuer = TokenIssuer(keys: keys)
    let verifier = TokenVerifier(keys: keys)
    for user: Identifier in ["\u{0}", "\"\\/\u{1F}", "ä日🎌", "e\u{301}", " ", "alice@example.com"] {
      let token = try issuer.issue(for: user, lifetime: .seconds(60)).text
      #expect(try verifier.verify(token).userID == user)
    }
  }

  @Test func `scopes that are none are told`() throws {
    let keys = try TestKeys.ring(TestKeys.key())
    let issuer = TokenIssuer(keys: keys)
    let verifier = TokenVerifier(keys: keys)
    let none = try issuer.issue(for: "a", scopes: [], lifetime: .seconds(60)).text
    #expect(try verifier.verify(none).scopes == [])
    let absent = try issuer.issue(for: "a", lifetime: .seconds(60)).text
    #expect(try verifier.verify(absent).scopes == nil)
  }

  @Test func `no two tokens have the same name`() throws {
    let issuer = TokenIssuer(keys: try TestKeys.ring(TestKeys.key()))
    let names = try (0 ..< 100).map { _ in try issuer.issue(for: "a", lifetime: .seconds(1)).jti }
    #expect(Set(names).count == 100)
  }

  @Test(
    arguments: [
      ("", .seconds(1), JWTError.Reason.invalidClaim(.userID)),
      ("a", .zero, .invalidClaim(.exp)),
      ("a", .seconds(-1), .invalidClaim(.exp)),
      ("a", .seconds(1_000_000_000_000), .invalidClaim(.exp)),
      (Identifier(String(repeating: "a", count: 6200)), .seconds(1), .tooLarge),
    ] as [(Identifier, Duration, JWTError.Reason)]
  )
  func `a token that could not be verified is not issued`(
    user: Identifier,
    lifetime: Duration,
    reason: JWTError.Reason
  ) throws {
    let issuer = TokenIssuer(keys: try TestKeys.ring(TestKeys.key()))
    #expect(throws: JWTError(reason)) { try issuer.issue(for: user, lifetime: lifetime) }
  }

  @Test func `a key that is past its end signs nothing`() throws {
    let clock = TestClock()
    let keys = try TestKeys.ring(TestKeys.key(notAfter: clock.seconds + 1))
    let issuer = TokenIssuer(keys: keys, now: clock.now)
    _ = try issuer.issue(for: "a", lifetime: .seconds(60))
    clock.seconds += 1
    #expect(throws: JWTError(.keyExpired)) { try issuer.issue(for: "a", lifetime: .seconds(60)) }
  }

  @Test func `the text is in no description`() throws {
    let issuer = TokenIssuer(keys: try TestKeys.ring(TestKeys.key()))
    let token = try issuer.issue(for: "alice", lifetime: .seconds(60))
    var dumped = ""
    dump(token, to: &dumped)
    for text in ["\(token)", String(reflecting: token), dumped] {
      #expect(!text.contains("eyJ"))
      #expect(text.contains(token.jti.text))
    }
  }
}
