import Identifiers
import JSON
import TestTexts
import Testing

@testable import AccessTokens

@Suite struct KeySetJSONTests {
  @Test func `every member is read`() throws {
    let keys = try TestKeys.ring(
      TestKeys.key("old", "HS512", operations: #"["verify"]"#, notAfter: 1_800_000_000.5),
      TestKeys.key("new", "HS256")
    ).keys
    #expect(keys.map(\.id) == ["old", "new"])
    #expect(keys.map(\.algorithm) == [.hs512, .hs256])
    #expect(keys.map(\.isSigning) == [false, true])
    #expect(keys.map { $0.notAfter?.secondsSinceEpoch } == [1_800_000_000.5, nil])
    #expect(keys.map(\.created.secondsSinceEpoch) == [1_700_000_000, 1_700_000_000])
    let isSecret = keys[0].secret.withSecret { secret in
      secret.indices.allSatisfy { secret[$0] == TestKeys.secret[$0] }
    }
    #expect(isSecret)
  }

  @Test func `what is written is read again`() throws {
    let text = TestKeys.file(
      TestKeys.key("a\\\"\\u0000ä", "HS384", operations: #"["verify"]"#, notAfter: 1_900_000_000),
      TestKeys.key("b", "HS256")
    )
    let keys = try KeySet(json: Array(text.utf8))
    let again = try KeySet(json: keys.json)
    #expect(again.keys.map(\.id) == ["a\"\u{0}ä", "b"])
    #expect(again.json == keys.json)
    #expect(
      String(decoding: again.json, as: UTF8.self).contains(
        #""alg":"HS384","k":"\#(Base64URL.encode(TestKeys.secret))","key_ops":["verify"],"#
          + #""created":1700000000,"not_after":1900000000}"#
      )
    )
  }

  @Test func `the use may be told`() throws {
    let text = TestKeys.file(TestKeys.key().replacing("\"kty\"", with: #""use":"sig","kty""#))
    #expect(try KeySet(json: Array(text.utf8)).keys.count == 1)
  }

  @Test(arguments: [
    (#""kty":"oct","#, "", "key 1: it has no kty"),
    (#""kid":"k1","#, "", "key 1: it has no kid"),
    (#""k1""#, #""""#, "key 1: it has no kid"),
    (#""alg":"HS256","#, "", "key 1: it has no alg"),
    (#""HS256""#, "256", "it is not the JSON of keys: the value at offset"),
    (
      #"["sign","verify"]"#, #"["sign","encrypt"]"#,
      #"key 1: its key_ops are not ["sign", "verify"] or ["verify"]"#
    ),
    (#""k":"#, #""x":"#, "key 1: it has no k"),
    (#""created":1700000000"#, #""created":-1"#, "key 1: its created is not a time in seconds"),
    (#""created":1700000000"#, #""not_after":1e99,"created":1"#, "key 1: its not_after is not"),
    (#","created":1700000000"#, "", "key 1: it has no created"),
    (#""kty""#, #""kid":"k2","kty""#, "it is not the JSON of keys: the name at offset"),
    (#""kty""#, #""x":{"y":1,"y":1},"kty""#, "it is not the JSON of keys: the name at offset"),
    (#""oct""#, #""EC","x":1,"x":2"#, "it is not the JSON of keys: the name at offset"),
    (#"{"keys""#, #"{"x":1,"x":2,"keys""#, "it is not the JSON of keys: the name at offset"),
    (#""created":1700000000"#, #""created":"now""#, "it is not the JSON of keys: the value at"),
    ("}]}", "}]", "it is not the JSON of keys: it ends too early"),
    ("}]}", "}]}}", "it is not the JSON of keys: the byte at offset"),
    (#"{"keys":["#, "[[", "it is not the JSON of keys: the value at offset 0"),
    (#"{"keys":"#, #"{"key":"#, #"it is not an object with "keys""#),
    ("AAEC", "AAE=", "key 1: its k is not base64url without padding"),
    ("AAEC", "\\u0041AEC", "it is not the JSON of keys: the string at offset"),
  ])
  func `a broken file is refused with what is wrong`(
    part: String,
    replacement: String,
    message: String
  ) throws {
    let file = TestKeys.file(TestKeys.key())
    try #require(file.contains(part))
    let error = #expect(throws: KeyError.self) {
      try KeySet(json: Array(file.replacing(part, with: replacement, maxReplacements: 1).utf8))
    }
    let text = try #require(error?.message)
    #expect(text.hasPrefix(message))
    #expect(!text.contains("AAEC"))
  }

  /// Keys that are none of ours, and why. Their other members are of any type.
  static let foreignKeys = [
    (#"{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB","created":"today"}"#, #"its kty is not "oct""#),
    (#"{"kty":"EC","kid":"r","use":"sig","alg":"ES256","k":[{"x":1}]}"#, #"its kty is not "oct""#),
    (#"{"kty":"oct","kid":"r","use":"enc","alg":"HS256","k":"AAEC"}"#, #"its use is not "sig""#),
    (
      #"{"kty":"oct","kid":"r","alg":"A256GCM","k":"AAEC"}"#,
      #"its alg is none of "HS256", "HS384", "HS512""#
    ),
    (
      #"{"kty":"oct","kid":"r","alg":"hs256","k":"AAEC"}"#,
      #"its alg is none of "HS256", "HS384", "HS512""#
    ),
    (
      #"{"kty":"oct","kid":"r","key_ops":["wrapKey",1],"k":"AAEC"}"#,
      #"its key_ops have neither "sign" nor "verify""#
    ),
  ]

  @Test(arguments: Self.foreignKeys)
  func `a key of another kind is ignored, with why`(key: String, reason: String) throws {
    let keys = try TestKeys.ring(key, TestKeys.key())
    #expect(keys.keys.map(\.id) == ["k1"])
    let notice = try #require(keys.notices.first)
    #expect(keys.notices.count == 1)
    #expect(notice.hasPrefix("The key file /"))
    #expect(notice.hasSuffix(#"/keys.json: key 1 ("r") is ignored: \#(reason)"#))
  }

  @Test func `members that mean nothing are ignored, and told`() throws {
    let key = TestKeys.key().replacing("\"kty\"", with: #""not_afer":1,"x5t#S256":"AAEC","kty""#)
    let text = TestKeys.file(key).replacing("{\"keys\"", with: #"{"issuer":["a"],"keys""#)
    let keys = try KeySet(json: Array(text.utf8))
    #expect(keys.keys.map(\.id) == ["k1"])
    #expect(
      keys.ignored == [
        #"the member "issuer" beside "keys" is ignored"#,
        #"the member "not_afer" of key 1 ("k1") is ignored"#,
        #"the member "x5t#S256" of key 1 ("k1") is ignored"#,
      ]
    )
  }

  @Test func `where no key signs, what is ignored is told`() throws {
    let error = #expect(throws: KeyError.self) {
      try TestKeys.ring(TestKeys.key().replacing("HS256", with: "hs256"))
    }
    let message = try #require(error?.message)
    #expect(
      message.contains("0 keys have \"sign\" in key_ops: exactly one signs; key 1 (\"k1\") is")
    )
    #expect(message.hasSuffix(#"ignored: its alg is none of "HS256", "HS384", "HS512""#))
  }

  @Test func `exactly one key signs`() throws {
    let none = #expect(throws: KeyError.self) {
      try KeySet(json: Array(TestKeys.file(TestKeys.key(operations: #"["verify"]"#)).utf8))
    }
    #expect(none?.message == #"0 keys have "sign" in key_ops: exactly one signs"#)
    let two = #expect(throws: KeyError.self) {
      try KeySet(json: Array(TestKeys.file(TestKeys.key("a"), TestKeys.key("b")).utf8))
    }
    #expect(two?.message == #"2 keys have "sign" in key_ops: exactly one signs"#)
    let empty = #expect(throws: KeyError.self) { try KeySet(json: Array(TestKeys.file().utf8)) }
    #expect(empty?.message == #"0 keys have "sign" in key_ops: exactly one signs"#)
  }

  @Test func `names are there once`() throws {
    let error = #expect(throws: KeyError.self) {
      try KeySet(
        json: Array(
          TestKeys.file(TestKeys.key(), TestKeys.key(operations: #"["verify"]"#)).utf8
        )
      )
    }
    #expect(error?.message == #"two keys have the kid "k1""#)
  }

  @Test(arguments: [("HS256", 31, 32), ("HS384", 47, 48), ("HS512", 63, 64)])
  func `a secret that is too short is refused`(algorithm: String, count: Int, least: Int) throws {
    let secret = [UInt8](repeating: 7, count: count)
    let error = #expect(throws: KeyError.self) {
      try KeySet(json: Array(TestKeys.file(TestKeys.key("k1", algorithm, secret: secret)).utf8))
    }
    #expect(
      error?.message
        == "key 1: the secret has \(count) bytes, but \(algorithm) needs at least \(least)"
    )
  }
}
