import Identifiers
import JSON
import Testing

@testable import AccessTokens

@Suite struct ClaimsTests {
  @Test func `every claim is read`() throws {
    let payload = #"""
      {"iss":"issuer","sub":"alice","aud":["other","tokenwire"],"exp":1800000100.25,
       "nbf":1799999999,"iat":1799999999.5,"jti":"j1","user_id":"alice","scope":"log x logs:read",
       "extra":{"deep":[1,null]}}
      """#
    let policy = TokenPolicy(issuer: "issuer", audience: "tokenwire")
    let token = try TokenVerifier.test(policy: policy).verify(TestKeys.token(payload: payload))
    #expect(
      token
        == VerifiedToken(
          userID: "alice",
          scopes: [.log, .readLogs],
          jti: "j1",
          issuedAt: NumericDate(secondsSinceEpoch: 1_799_999_999.5),
          expiresAt: NumericDate(secondsSinceEpoch: 1_800_000_100.25),
          keyID: "k1"
        )
    )
  }

  @Test(arguments: [
    (#""user_id":"alice""#, JWTError.Reason?.none),
    (#""sub":"alice""#, nil),
    (#""user_id":"alice","sub":"alice""#, nil),
    (#""user_id":"alice","sub":"bob""#, .twoUsers),
    (#""sub":"alice","user_id":"Alice""#, .twoUsers),
    (#""sub":"\u00e9","user_id":"e\u0301""#, .twoUsers),
    (#""user_id":"","sub":"alice""#, .twoUsers),
    (#""user_id":"""#, .invalidClaim(.userID)),
    (#""sub":"""#, .invalidClaim(.sub)),
    (#""user_id":1"#, .invalidClaim(.userID)),
    (#""user_id":null,"sub":"alice""#, .invalidClaim(.userID)),
    (#""user_id":["alice"]"#, .invalidClaim(.userID)),
    (#""x":1"#, .missingClaim(.userID)),
  ])
  func `a token is of one user`(claims: String, reason: JWTError.Reason?) throws {
    let token = try TestKeys.token(payload: #"{"exp":1800000100,\#(claims)}"#)
    #expect(try TokenVerifier.test().reason(token) == reason)
    if reason == nil { #expect(try TokenVerifier.test().verify(token).userID == "alice") }
  }

  @Test(
    arguments: [
      (#""generate log""#, [.generate, .log]), (#""admin""#, .admin), (#""""#, []), (#"" ""#, []),
      (#""unknown generates logs""#, []), (#""  generate  log ""#, [.generate, .log]),
      (#"["generate","logs:read"]"#, [.generate, .readLogs]), ("[]", []),
      (#""GENERATE Log""#, []), (#""gener\u0061te""#, .generate),
    ] as [(String, Scopes)]
  )
  func `scopes are a string or an array, and unknown ones grant nothing`(
    scope: String,
    scopes: Scopes
  ) throws {
    let payload = #"{"user_id":"a","exp":1800000100,"scope":\#(scope)}"#
    let token = try TokenVerifier.test().verify(TestKeys.token(payload: payload))
    #expect(token.scopes == scopes)
  }

  @Test func `no scope is not the same as none`() throws {
    #expect(try TokenVerifier.test().verify(TestKeys.token()).scopes == nil)
  }

  @Test(arguments: [
    (#""exp":"1800000100""#, JWTError.Reason.invalidClaim(.exp)),
    (#""exp":null"#, .invalidClaim(.exp)),
    (#""exp":true"#, .invalidClaim(.exp)),
    (#""exp":-1"#, .invalidClaim(.exp)),
    (#""exp":1e30"#, .invalidClaim(.exp)),
    (#""exp":1e400"#, .notJSON(.payload, .numberTooLarge(at: 21))),
    (#""exp":1800000100,"nbf":"0""#, .invalidClaim(.nbf)),
    (#""exp":1800000100,"nbf":-1"#, .invalidClaim(.nbf)),
    (#""exp":1800000100,"iat":[]"#, .invalidClaim(.iat)),
    (#""exp":1800000100,"iat":-1"#, .invalidClaim(.iat)),
    (#""exp":1800000100,"jti":7"#, .invalidClaim(.jti)),
    (#""exp":1800000100,"iss":7"#, .invalidClaim(.iss)),
    (#""exp":1800000100,"aud":7"#, .invalidClaim(.aud)),
    (#""exp":1800000100,"aud":["a",7]"#, .invalidClaim(.aud)),
    (#""exp":1800000100,"scope":7"#, .invalidClaim(.scope)),
    (#""exp":1800000100,"scope":{"generate":true}"#, .invalidClaim(.scope)),
    (#""exp":1,"exp":1800000100"#, .notJSON(.payload, .duplicateName(at: 23))),
    (#""exp":1800000100,"user_id":"b""#, .notJSON(.payload, .duplicateName(at: 32))),
    (#""exp":1800000100,"x":[{"y":1,"y":1}]"#, .notJSON(.payload, .duplicateName(at: 44))),
    (#""exp":01800000100"#, .notJSON(.payload, .unexpectedByte(at: 22))),
  ])
  func `claims of the wrong type are refused`(claims: String, reason: JWTError.Reason) throws {
    let token = try TestKeys.token(payload: #"{"user_id":"a",\#(claims)}"#)
    #expect(try TokenVerifier.test().reason(token) == reason)
  }

  @Test(arguments: ["", "[]", "1", "null", #""{}""#, "{}{}", "{}\u{0}"])
  func `a payload that is no object is refused`(payload: String) throws {
    let reason = try TokenVerifier.test().reason(TestKeys.token(payload: payload))
    guard case .notJSON(.payload, _) = reason else {
      Issue.record("\(payload): \(String(describing: reason))")
      return
    }
  }
}
