import Foundation
import Identifiers
import Testing

@testable import AccessTokens

@Suite struct KeyRingTests {
  @Test func `after a rotation a new key signs, and the old one verifies until its end`() throws {
    try withTemporaryFolder { folder in
      let clock = TestClock()
      let ring = try KeyRing.create(path: folder + "/keys.json", now: clock.now)
      let issuer = TokenIssuer(keys: ring, now: clock.now)
      let verifier = TokenVerifier(keys: ring, now: clock.now)
      let old = try issuer.issue(for: "alice", lifetime: .seconds(1000))

      let key = try ring.rotate(overlap: .seconds(100))
      let new = try issuer.issue(for: "alice", lifetime: .seconds(1000))
      #expect(new.keyID == key.id)
      #expect(new.keyID != old.keyID)
      #expect(ring.keys.map(\.isSigning) == [false, true])

      clock.seconds += 99
      #expect(verifier.reason(old.text) == nil)
      clock.seconds += 1
      #expect(verifier.reason(old.text) == .keyExpired)
      #expect(verifier.reason(new.text) == nil)
    }
  }

  @Test func `an end that no file can have is refused, and the keys stay`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      let late = NumericDate(secondsSinceEpoch: 253_402_300_800)
      #expect(throws: KeyError.self) { try KeyRing.create(path: path, notAfter: late) }
      #expect(!FileManager.default.fileExists(atPath: path))
      let ring = try KeyRing.create(path: path)
      let error = #expect(throws: KeyError.self) {
        try ring.rotate(overlap: .seconds(3_000_000 * 86_400))
      }
      #expect(
        error.map { "\($0)" }?.hasSuffix("would end after the year 9999: choose a shorter time")
          == true
      )
      #expect(throws: KeyError.self) { try ring.rotate(notAfter: late, overlap: .seconds(1)) }
      #expect(try KeyRing(path: path).keys.map(\.id) == ring.keys.map(\.id))
    }
  }

  @Test func `a rotation makes no key live longer, and takes out those that are past it`() throws {
    try withTemporaryFolder { folder in
      let clock = TestClock()
      let path = folder + "/keys.json"
      let ring = try KeyRing.create(
        path: path,
        notAfter: NumericDate(secondsSinceEpoch: clock.seconds + 10),
        now: clock.now
      )
      try ring.rotate(
        to: .hs512,
        notAfter: NumericDate(secondsSinceEpoch: clock.seconds + 1000),
        overlap: .seconds(100)
      )
      #expect(ring.keys.map(\.algorithm) == [.hs256, .hs512])
      #expect(
        ring.keys.map { $0.notAfter?.secondsSinceEpoch }
          == [clock.seconds + 10, clock.seconds + 1000]
      )
      clock.seconds += 10
      try ring.rotate(overlap: .seconds(100))
      #expect(ring.keys.map(\.algorithm) == [.hs512, .hs512])
      #expect(
        ring.keys.map { $0.notAfter?.secondsSinceEpoch } == [clock.seconds + 100, nil]
      )
      #expect(try KeyRing(path: path).keys.map(\.id) == ring.keys.map(\.id))
    }
  }

  @Test func `tokens without a kid survive a rotation`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      try writePrivately(TestKeys.file(TestKeys.key()), to: path)
      let clock = TestClock()
      let ring = try KeyRing(path: path, now: clock.now)
      let verifier = TokenVerifier(keys: ring, now: clock.now)
      let token = try TestKeys.token(header: #"{"alg":"HS256"}"#)
      #expect(try verifier.verify(token).keyID == "k1")
      try ring.rotate(overlap: .seconds(100))
      #expect(try verifier.verify(token).keyID == "k1")
    }
  }

  @Test func `a rotation leaves what is ignored as it was`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      let clock = TestClock()
      let rsa = #"{"kty":"RSA", "kid":"k1","n":"\u00e9/\n","e":1.50e0,"x":{"b":[ ],"a":null}}"#
      let more = #""x\"y\n\u0001":[1,{"z":"\ud83c\udf8c"}],"use":"sig","kty""#
      let key = TestKeys.key("k1").replacing("\"kty\"", with: more)
      let gone = TestKeys.key("gone", operations: #"["verify"]"#, notAfter: clock.seconds - 1)
      let text = TestKeys.file(gone, rsa, key, #"{"kty":"OKP"}"#)
      try writePrivately(
        text.replacing("{\"keys\"", with: #"{"issuer": {"a" : 1},"keys""#),
        to: path
      )
      let ring = try KeyRing(path: path, now: clock.now)
      let notices = ring.notices
      #expect(notices.count == 4)
      let new = try ring.rotate(overlap: .seconds(100))
      #expect(ring.keys.map(\.id) == ["k1", new.id])
      #expect(ring.notices == notices)

      let written = try String(contentsOfFile: path, encoding: .utf8)
      #expect(written.contains(rsa))
      #expect(written.contains(#"{"kty":"OKP"}"#))
      let set = try #require(
        try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String: Any]
      )
      #expect(set["issuer"] as? [String: Int] == ["a": 1])
      let keys = try #require(set["keys"] as? [[String: Any]])
      #expect(keys.map { $0["kty"] as? String } == ["RSA", "oct", "OKP", "oct"])
      #expect(keys.map { $0["kid"] as? String } == ["k1", "k1", nil, new.id.text])
      #expect(keys[1]["use"] as? String == "sig")
      let list = try #require(keys[1]["x\"y\n\u{1}"] as? [Any])
      #expect(list[0] as? Int == 1)
      #expect(list[1] as? [String: String] == ["z": "🎌"])
      #expect(try KeyRing(path: path).keys.map(\.id) == ring.keys.map(\.id))
      // Once more: what was written is kept as well.
      try ring.rotate(overlap: .seconds(100))
      #expect(try String(contentsOfFile: path, encoding: .utf8).contains(rsa))
    }
  }

  @Test func `a rotation for which the file has no room leaves it as it was`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      let rsa = #"{"kty":"RSA","n":"\#(String(repeating: "A", count: 65_250))"}"#
      try writePrivately(TestKeys.file(TestKeys.key(), rsa), to: path)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      let ring = try KeyRing(path: path)
      let error = #expect(throws: KeyError.self) { try ring.rotate(overlap: .seconds(100)) }
      #expect(error?.message == "The key file \(path) would have more than 65536 bytes")
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      #expect(ring.keys.map(\.id) == ["k1"])
    }
  }

  @Test func `there are so many keys and no more`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      let ring = try KeyRing.create(path: path)
      for _ in 1 ..< KeySet.maximumCount { try ring.rotate(overlap: .seconds(100)) }
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      let error = #expect(throws: KeyError.self) { try ring.rotate(overlap: .seconds(100)) }
      #expect(error?.message.contains("more than 16 keys") == true)
      #expect(ring.keys.count == 16)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
  }

  @Test func `another process's rotation counts when the file is read again`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      let ring = try KeyRing.create(path: path)
      let verifier = TokenVerifier(keys: ring)
      let other = try KeyRing(path: path)
      try other.rotate(overlap: .seconds(100))
      let token = try TokenIssuer(keys: other).issue(for: "alice", lifetime: .seconds(100)).text
      #expect(verifier.reason(token) == .unknownKey)
      try ring.reload()
      #expect(verifier.reason(token) == nil)
    }
  }

  @Test func `a broken file leaves the keys as they were`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      let ring = try KeyRing.create(path: path)
      let verifier = TokenVerifier(keys: ring)
      let token = try TokenIssuer(keys: ring).issue(for: "alice", lifetime: .seconds(100)).text
      try writePrivately("{", to: path)
      let broken = #expect(throws: KeyError.self) { try ring.reload() }
      #expect(
        broken?.message == """
          The key file \(path) cannot be used: it is not the JSON of keys: it ends too early
          """
      )
      #expect(throws: KeyError.self) { try ring.rotate(overlap: .zero) }
      try setPermissions(0o644, of: path)
      #expect(throws: KeyError.self) { try ring.reload() }
      try FileManager.default.removeItem(atPath: path)
      #expect(throws: KeyError.self) { try ring.reload() }
      #expect(verifier.reason(token) == nil)
      _ = try TokenIssuer(keys: ring).issue(for: "alice", lifetime: .seconds(100))
    }
  }

  @Test func `random secrets are as long as the hash, and none is like another`() throws {
    for algorithm in HMACAlgorithm.allCases {
      let secrets = try (0 ..< 20).map { _ in
        let now = NumericDate(secondsSinceEpoch: 0)
        let key = try TokenKey.random(algorithm, created: now, notAfter: nil)
        return key.secret.withSecret { secret in secret.indices.map { secret[$0] } }
      }
      #expect(secrets.allSatisfy { $0.count == algorithm.size })
      #expect(Set(secrets).count == 20)
    }
  }
}
