import JSON
import TestTexts
import Testing

@testable import AccessTokens

@Suite struct TokenHeaderTests {
  /// RFC 7519 section 5.1, RFC 7515 section 4.1.9 and RFC 9068 section 4.
  @Test(arguments: [
    "JWT", "jwt", "Jwt", "at+jwt", "AT+JWT", "application/jwt", "application/at+jwt",
  ])
  func `the types of access tokens are taken`(type: String) throws {
    let token = try TestKeys.token(header: #"{"typ":"\#(type)","alg":"HS256","kid":"k1"}"#)
    #expect(try TokenVerifier.test().reason(token) == nil)
  }

  /// RFC 8725 section 3.11.
  @Test(arguments: ["", "JWS", "secevent+jwt", "dpop+jwt", "id_token", "JWT ", "application/"])
  func `other types are refused`(type: String) throws {
    let token = try TestKeys.token(header: #"{"typ":"\#(type)","alg":"HS256","kid":"k1"}"#)
    #expect(try TokenVerifier.test().reason(token) == .wrongType)
  }

  /// RFC 7515 section 4.1.11.
  @Test(arguments: [#"["exp"]"#, "[]", #"["b64"]"#, "null", "true", #""exp""#])
  func `crit is refused, whatever is in it`(value: String) throws {
    let token = try TestKeys.token(header: #"{"alg":"HS256","kid":"k1","crit":\#(value)}"#)
    #expect(try TokenVerifier.test().reason(token) == .criticalExtension)
  }

  @Test(arguments: [
    ("{}", JWTError.Reason.invalidParameter(.alg)),
    (#"{"kid":"k1"}"#, .invalidParameter(.alg)),
    (#"{"alg":null,"kid":"k1"}"#, .invalidParameter(.alg)),
    (#"{"alg":["HS256"],"kid":"k1"}"#, .invalidParameter(.alg)),
    (#"{"alg":"HS256","kid":null}"#, .invalidParameter(.kid)),
    (#"{"alg":"HS256","kid":1}"#, .invalidParameter(.kid)),
    (#"{"alg":"HS256","kid":"k1","typ":{}}"#, .invalidParameter(.typ)),
    (#"{"alg":"HS256","alg":"HS256","kid":"k1"}"#, .notJSON(.header, .duplicateName(at: 15))),
    (#"{"alg":"HS256","\u0061lg":"none","kid":"k1"}"#, .notJSON(.header, .duplicateName(at: 15))),
    (#"{"alg":"HS256","kid":"k1","x":{"y":1,"y":2}}"#, .notJSON(.header, .duplicateName(at: 37))),
    (#"{"alg":"HS256","kid":"k1"}x"#, .notJSON(.header, .unexpectedByte(at: 26))),
    (#"{"alg":"HS256","kid":"k1""#, .notJSON(.header, .unexpectedEnd)),
    (#"["alg","HS256"]"#, .notJSON(.header, .wrongType(at: 0))),
    ("\u{FEFF}{}", .notJSON(.header, .unexpectedByte(at: 0))),
    ("", .notJSON(.header, .unexpectedEnd)),
  ])
  func `a header that is not one is refused`(header: String, reason: JWTError.Reason) throws {
    let token = try TestKeys.token(header: header)
    #expect(try TokenVerifier.test().reason(token) == reason)
  }

  @Test func `a header that is not UTF-8 is refused`() throws {
    var parts = try TestKeys.token().split(separator: ".").map(String.init)
    parts[0] = Base64URL.encode(
      Array(#"{"alg":"HS256","kid":"k1","x":""#.utf8) + [0xFF, 0x22, 0x7D]
    )
    let reason = try TokenVerifier.test().reason(parts.joined(separator: "."))
    #expect(reason == .notJSON(.header, .invalidText(at: 30)))
  }

  /// RFC 8725 section 3.10: what would have to be fetched, and keys that the token brings itself.
  @Test func `keys that the header brings are not used`() throws {
    let own = [UInt8](repeating: 9, count: 32)
    let key = #"{"kty":"oct","k":"\#(Base64URL.encode(own))"}"#
    for parameter in [
      #""jwk":\#(key)"#, #""jku":"https://example.com/keys""#, #""x5u":"https://example.com""#,
    ] {
      let header = #"{"alg":"HS256","kid":"k1",\#(parameter)}"#
      let forged = try TestKeys.token(header: header, secret: own)
      #expect(try TokenVerifier.test().reason(forged) == .wrongSignature)
      #expect(try TokenVerifier.test().reason(TestKeys.token(header: header)) == nil)
    }
  }
}
