import Identifiers
import JSON
import TestTexts
import Testing

@testable import AccessTokens

/// The cases of RFC 8725 and what surrounds them; those of single parts are beside the parts.
@Suite struct TokenVerifierTests {
  @Test(arguments: [nil, ""])
  func `no token is a missing token`(token: String?) throws {
    #expect(try TokenVerifier.test().reason(token) == .missing)
  }

  /// RFC 8725 sections 2.1 and 3.1.
  @Test(arguments: [
    "none", "None", "nOnE", "NONE", "", " HS256", "hs256", "HS256 ", "HS384", "HS512", "RS256",
    "ES256", "PS256", "EdDSA", "dir", "A128KW",
  ])
  func `the algorithm is that of the key, whatever the header says`(algorithm: String) throws {
    let verifier = try TokenVerifier.test()
    let header = #"{"alg":"\#(algorithm)","kid":"k1"}"#
    for signature in HMACAlgorithm.allCases {
      let token = try TestKeys.token(header: header, algorithm: signature)
      #expect(verifier.reason(token) == .wrongAlgorithm)
    }
    let unsigned = try TestKeys.token(header: header).split(separator: ".").prefix(2)
    #expect(verifier.reason(unsigned.joined(separator: ".") + ".") == .wrongAlgorithm)
    let withoutKey = try TestKeys.token(header: #"{"alg":"\#(algorithm)"}"#)
    #expect(verifier.reason(withoutKey) == .wrongAlgorithm)
  }

  @Test func `a signature of another algorithm is wrong`() throws {
    for algorithm in [HMACAlgorithm.hs384, .hs512] {
      let token = try TestKeys.token(algorithm: algorithm)
      #expect(try TokenVerifier.test().reason(token) == .wrongSignature)
    }
  }

  @Test(arguments: HMACAlgorithm.allCases)
  func `tokens of every algorithm are verified`(algorithm: HMACAlgorithm) throws {
    let verifier = TokenVerifier(
      keys: try TestKeys.ring(TestKeys.key("k", algorithm.rawValue)),
      now: TestClock().now
    )
    for header in [
      #"{"alg":"\#(algorithm.rawValue)","kid":"k"}"#, #"{"alg":"\#(algorithm.rawValue)"}"#,
    ] {
      let token = try TestKeys.token(header: header, algorithm: algorithm)
      #expect(verifier.reason(token) == nil)
    }
  }

  /// RFC 8725 section 3.2: a signature is there, and whole.
  @Test func `a signature that is cut short is wrong`() throws {
    let verifier = try TokenVerifier.test()
    let token = try TestKeys.token()
    let end = try #require(token.lastIndex(of: "."))
    let signature = try #require(Base64URL.decode(token[end...].dropFirst()))
    for count in 0 ..< signature.count {
      let cut = token[...end] + Base64URL.encode(Array(signature.prefix(count)))
      #expect(verifier.reason(String(cut)) == .wrongSignature)
    }
    #expect(verifier.reason(token[...end] + Base64URL.encode(signature + [0])) == .wrongSignature)
    #expect(verifier.reason(token) == nil)
  }

  @Test func `a secret that is another one makes a wrong signature`() throws {
    var secret = TestKeys.secret
    secret[63] ^= 1
    let reason = try TokenVerifier.test().reason(TestKeys.token(secret: secret))
    #expect(reason == .wrongSignature)
  }

  @Test(arguments: ["", "k", "K1", "k1 ", "k2", "../k1", "k1\\u0000"])
  func `an unknown kid is an error, also with a signature that is right`(id: String) throws {
    let token = try TestKeys.token(header: #"{"alg":"HS256","kid":"\#(id)"}"#)
    #expect(try TokenVerifier.test().reason(token) == .unknownKey)
  }

  @Test func `a kid names the only key that is tried`() throws {
    let other = [UInt8](repeating: 1, count: 64)
    let verifier = TokenVerifier(
      keys: try TestKeys.ring(
        TestKeys.key("k1"),
        TestKeys.key("k2", secret: other, operations: #"["verify"]"#)
      ),
      now: TestClock().now
    )
    for (id, secret, reason) in [
      ("k1", TestKeys.secret, nil), ("k2", other, nil), ("k1", other, .wrongSignature),
      ("k2", TestKeys.secret, .wrongSignature),
    ] as [(String, [UInt8], JWTError.Reason?)] {
      let token = try TestKeys.token(header: #"{"alg":"HS256","kid":"\#(id)"}"#, secret: secret)
      #expect(verifier.reason(token) == reason)
    }
  }

  @Test func `a token without a kid is tried with every key of its algorithm`() throws {
    let other = [UInt8](repeating: 1, count: 64)
    let third = [UInt8](repeating: 2, count: 64)
    let clock = TestClock()
    let verifier = TokenVerifier(
      keys: try TestKeys.ring(
        TestKeys.key("k1", "HS512"),
        TestKeys.key("k2", secret: other, operations: #"["verify"]"#),
        TestKeys.key("k3", secret: third, operations: #"["verify"]"#, notAfter: clock.seconds + 5)
      ),
      now: clock.now
    )
    let header = #"{"alg":"HS256"}"#
    #expect(try verifier.verify(TestKeys.token(header: header, secret: other)).keyID == "k2")
    let last = try TestKeys.token(header: header, secret: third)
    #expect(try verifier.verify(last).keyID == "k3")
    #expect(try verifier.reason(TestKeys.token(header: header)) == .wrongSignature)
    clock.seconds += 5
    #expect(verifier.reason(last) == .wrongSignature)
  }

  @Test func `a key that is past its end verifies nothing`() throws {
    let clock = TestClock()
    let verifier = TokenVerifier(
      keys: try TestKeys.ring(TestKeys.key(notAfter: clock.seconds + 5)),
      now: clock.now
    )
    let tokens = [
      try TestKeys.token(), try TestKeys.token(header: #"{"alg":"HS256","typ":"JWT","kid":"k1"}"#),
    ]
    clock.seconds += 4.999
    for token in tokens { #expect(verifier.reason(token) == nil) }
    clock.seconds = 1_800_000_005
    for token in tokens { #expect(verifier.reason(token) == .keyExpired) }
  }

  @Test(arguments: [0, 30, 60])
  func `times are met to the second`(leeway: Int) throws {
    let clock = TestClock()
    let verifier = try TokenVerifier.test(
      policy: TokenPolicy(leeway: .seconds(leeway)),
      clock: clock
    )
    func reason(_ claims: String, at seconds: Double) throws -> JWTError.Reason? {
      clock.seconds = seconds
      return verifier.reason(try TestKeys.token(payload: #"{"user_id":"a",\#(claims)}"#))
    }
    let leeway = Double(leeway)
    let exp = #""exp":1800000000"#
    #expect(try reason(exp, at: 1_800_000_000 + leeway - 0.001) == nil)
    #expect(try reason(exp, at: 1_800_000_000 + leeway) == .expired)
    let fraction = #""exp":1800000000.5"#
    #expect(try reason(fraction, at: 1_800_000_000.499 + leeway) == nil)
    #expect(try reason(fraction, at: 1_800_000_000.5 + leeway) == .expired)
    let nbf = #""exp":1900000000,"nbf":1800000000"#
    #expect(try reason(nbf, at: 1_800_000_000 - leeway) == nil)
    #expect(try reason(nbf, at: 1_800_000_000 - leeway - 0.001) == .notYetValid)
    let iat = #""exp":1900000000,"iat":1800000000"#
    #expect(try reason(iat, at: 1_800_000_000 - leeway) == nil)
    #expect(try reason(iat, at: 1_800_000_000 - leeway - 0.001) == .issuedInFuture)
  }

  @Test func `exp is required unless the policy has it otherwise`() throws {
    let token = try TestKeys.token(payload: #"{"user_id":"a"}"#)
    #expect(try TokenVerifier.test().reason(token) == .missingClaim(.exp))
    let verifier = try TokenVerifier.test(policy: TokenPolicy(requiresExpiry: false))
    #expect(try verifier.verify(token).expiresAt == nil)
    let expired = try TestKeys.token(payload: #"{"user_id":"a","exp":1}"#)
    #expect(verifier.reason(expired) == .expired)
  }

  /// RFC 8725 section 3.8.
  @Test(arguments: [
    (#","iss":"joe""#, JWTError.Reason?.none), (#","iss":"Joe""#, .wrongIssuer),
    (#","iss":"joe ""#, .wrongIssuer), (#","iss":"""#, .wrongIssuer),
    (#","iss":"https://joe""#, .wrongIssuer), ("", .missingClaim(.iss)),
  ])
  func `the issuer is exactly the one that is expected`(
    claim: String,
    reason: JWTError.Reason?
  ) throws {
    let token = try TestKeys.token(payload: #"{"user_id":"a","exp":1800000100\#(claim)}"#)
    #expect(try TokenVerifier.test(policy: TokenPolicy(issuer: "joe")).reason(token) == reason)
    #expect(try TokenVerifier.test().reason(token) == nil)
  }

  /// RFC 8725 section 3.9 and RFC 7519 section 4.1.3.
  @Test(arguments: [
    (#","aud":"wire""#, JWTError.Reason?.none, JWTError.Reason?.some(.wrongAudience)),
    (#","aud":["x","wire"]"#, nil, .wrongAudience),
    (#","aud":"wires""#, .wrongAudience, .wrongAudience),
    (#","aud":"WIRE""#, .wrongAudience, .wrongAudience),
    (#","aud":"x wire""#, .wrongAudience, .wrongAudience),
    (#","aud":[]"#, .wrongAudience, .wrongAudience),
    (#","aud":["x"]"#, .wrongAudience, .wrongAudience),
    ("", .missingClaim(.aud), nil),
  ])
  func `the audience is exactly the one that is expected`(
    claim: String,
    reason: JWTError.Reason?,
    reasonWithoutAudience: JWTError.Reason?
  ) throws {
    let token = try TestKeys.token(payload: #"{"user_id":"a","exp":1800000100\#(claim)}"#)
    #expect(try TokenVerifier.test(policy: TokenPolicy(audience: "wire")).reason(token) == reason)
    #expect(try TokenVerifier.test().reason(token) == reasonWithoutAudience)
  }

  @Test func `what has expired is told only to who has a right signature`() throws {
    let payload = #"{"user_id":"a","exp":1}"#
    let verifier = try TokenVerifier.test()
    #expect(try verifier.reason(TestKeys.token(payload: payload)) == .expired)
    let forged = try TestKeys.token(
      payload: payload,
      secret: [UInt8](repeating: 9, count: 32)
    )
    #expect(verifier.reason(forged) == .wrongSignature)
  }

  @Test func `an error has nothing of the token in it`() throws {
    let token = try TestKeys.token(header: #"{"alg":"secretAlg","kid":"k1"}"#)
    let error = #expect(throws: JWTError.self) { try TokenVerifier.test().verify(token) }
    #expect(error?.description == "the token's alg is not that of the key")
    #expect(!String(reflecting: error).contains("secretAlg"))
  }
}
