import Identifiers
import JSON
import TestTexts
import Testing

@testable import AccessTokens

@Suite struct CompactTokenTests {
  /// The example of RFC 7515 appendix A.1, to the byte.
  static let token = """
    eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
    .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
    .dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
    """
  static let secret = """
    AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow
    """

  @Test func `the parts of RFC 7515 A.1 are read`() throws {
    let token = try CompactToken(Self.token)
    #expect(try token.header() == Array("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}".utf8))
    #expect(
      try token.payload()
        == Array(
          "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}".utf8
        )
    )
    let signature = try token.signature()
    #expect(signature.prefix(4) == [116, 24, 223, 180])
    #expect(signature.suffix(4) == [83, 132, 141, 121])
    #expect(token.isSigned(signature, by: try Self.key()))
  }

  /// It is signed as it has to be and by the right issuer, but does not say whose it is.
  @Test func `the token of RFC 7515 A.1 is verified`() throws {
    let clock = TestClock()
    clock.seconds = 1_300_819_379
    let verifier = TokenVerifier(
      keys: try TestKeys.ring(TestKeys.key(secret: Array(Self.key().secretBytes))),
      policy: TokenPolicy(issuer: "joe", leeway: .zero),
      now: clock.now
    )
    #expect(verifier.reason(Self.token) == .missingClaim(.userID))
    clock.seconds += 1
    #expect(verifier.reason(Self.token) == .expired)
  }

  @Test(arguments: ["a", "a.b", ".", "a..", "..", "a.b.c.d", "a.b.c.d.e", ".a.b", "a.b."])
  func `what is not three parts is refused`(token: String) throws {
    let verifier = try TokenVerifier.test()
    #expect(verifier.reason(token) != nil)
    if token.filter({ $0 == "." }).count < 2 { #expect(verifier.reason(token) == .notCompact) }
  }

  @Test(arguments: [" ", "\t", "\r", "\n", "\r\n", "\u{0}", "\u{FEFF}"])
  func `what stands around a token is named`(around: String) throws {
    let verifier = try TokenVerifier.test()
    let token = try TestKeys.token()
    #expect(verifier.reason(token) == nil)
    #expect(verifier.reason(token + around) == .notTrimmed)
    #expect(verifier.reason(around + token) == .notTrimmed)
  }

  @Test func `a token that is too large is refused before it is read`() throws {
    let verifier = try TokenVerifier.test()
    let limit = CompactToken.maximumSize
    #expect(verifier.reason(String(repeating: ".", count: limit + 1)) == .tooLarge)
    #expect(verifier.reason(String(repeating: "ä", count: limit / 2 + 1)) == .tooLarge)
    #expect(verifier.reason(String(repeating: "a", count: limit)) == .notCompact)
  }

  @Test func `the largest token is verified`() throws {
    // Base64url makes 4 characters of 3 bytes.
    let payload = TestKeys.payload.dropLast()
    let overhead = try TestKeys.token(payload: "").utf8.count
    let size = (CompactToken.maximumSize - overhead) * 3 / 4
    let fill = String(repeating: "x", count: size - payload.utf8.count - #","x":""}"#.utf8.count)
    let token = try TestKeys.token(payload: payload + #","x":"\#(fill)"}"#)
    #expect(token.utf8.count == CompactToken.maximumSize)
    #expect(try TokenVerifier.test().reason(token) == nil)
  }

  private static func key() throws -> HMACKey {
    let secret = try #require(Base64URL.decode(Self.secret))
    return try HMACKey(.hs256, secret: secret.span)
  }
}

extension HMACKey {
  fileprivate var secretBytes: [UInt8] {
    self.withSecret { secret in secret.indices.map { secret[$0] } }
  }
}
