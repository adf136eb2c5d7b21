import JSON
import TestTexts
import Testing

@testable import AccessTokens

/// Keys whose secrets everyone knows.
enum TestKeys {
  /// 64 bytes: 0, 1, 2 and so on.
  static let secret = (0 ..< 64).map { UInt8($0) }

  /// A member of `keys` in a key file.
  static func key(
    _ id: String = "k1",
    _ algorithm: String = "HS256",
    secret: [UInt8] = Self.secret,
    operations: String = #"["sign","verify"]"#,
    notAfter: Double? = nil
  ) -> String {
    let end = notAfter.map { #","not_after":\#($0)"# } ?? ""
    return #"""
      {"kty":"oct","kid":"\#(id)","alg":"\#(algorithm)","k":"\#(Base64URL.encode(secret))",\#
      "key_ops":\#(operations),"created":1700000000\#(end)}
      """#
  }

  static func file(_ keys: String...) -> String {
    #"{"keys":[\#(keys.joined(separator: ","))]}"#
  }

  /// A key ring with that text as its file, which is gone already.
  static func ring(_ keys: String...) throws -> KeyRing {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      try writePrivately(#"{"keys":[\#(keys.joined(separator: ","))]}"#, to: path)
      return try KeyRing(path: path)
    }
  }

  /// A token with this header and payload, whatever they are, and with a right signature.
  static func token(
    header: String = #"{"alg":"HS256","kid":"k1"}"#,
    payload: String = Self.payload,
    algorithm: HMACAlgorithm = .hs256,
    secret: [UInt8] = Self.secret
  ) throws -> String {
    let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
    var text = Array(signed.utf8)
    let signature = try HMACKey(algorithm, secret: secret.span).sign(text.span)
    text.append(UInt8(ascii: "."))
    signature.encode(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// For the time at which a `TestClock` begins.
  static let payload = #"{"user_id":"alice","exp":1800000100}"#
}

extension TokenVerifier {
  /// A verifier with the key "k1" at the time at which a `TestClock` begins.
  static func test(
    policy: TokenPolicy = TokenPolicy(),
    revocations: RevocationStore? = nil,
    clock: TestClock = TestClock()
  ) throws -> TokenVerifier {
    TokenVerifier(
      keys: try TestKeys.ring(TestKeys.key()),
      policy: policy,
      revocations: revocations.map { [$0] } ?? [],
      now: clock.now
    )
  }

  /// Why a token is refused; nil when it is not.
  func reason(_ token: String?) -> JWTError.Reason? {
    do {
      _ = try self.verify(token)
      return nil
    } catch {
      return error.reason
    }
  }
}
