import Foundation
import Identifiers
import SQLite
import Testing

@testable import AccessTokens

@Suite struct RevocationStoreTests {
  @Test func `a revoked token is refused at once, and no other`() throws {
    try withStore { store, _ in
      let verifier = try TokenVerifier.test(revocations: store)
      let first = try Self.token(jti: "j1")
      let second = try Self.token(jti: "j2")
      #expect(verifier.reason(first) == nil)
      try store.revoke(jti: "j1", expiresAt: NumericDate(secondsSinceEpoch: 1_800_000_100))
      #expect(verifier.reason(first) == .revoked)
      #expect(verifier.reason(second) == nil)
      #expect(try verifier.reason(TestKeys.token()) == nil)
    }
  }

  @Test func `a database of another program is refused`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/app.db"
      try Connection(path: path).execute("CREATE TABLE customers (name)")
      let error = #expect(throws: RevocationError.self) { try RevocationStore(path: path) }
      #expect(
        "\(error, default: "")" == "the file is not a revocation file: another program has made it"
      )
    }
  }

  @Test func `all that a user had is revoked, and nothing that comes later`() throws {
    try withStore { store, clock in
      let verifier = try TokenVerifier.test(revocations: store)
      let tokens = [
        (#""iat":1799999999"#, true), (#""iat":1799999999.999"#, true),
        (#""iat":1800000000"#, false), (#""iat":1800000000.001"#, false),
        // Nobody knows when it was issued.
        (#""x":1"#, true),
      ]
      try store.revokeTokens(of: "alice")
      for (claim, isRevoked) in tokens {
        for user in ["alice", "bob"] {
          let payload = #"{"user_id":"\#(user)","exp":1800000100,\#(claim)}"#
          let reason = try verifier.reason(TestKeys.token(payload: payload))
          #expect(reason == (isRevoked && user == "alice" ? .revoked : nil), "\(claim)")
        }
      }
    }
  }

  @Test func `a token that is issued when the second of the revocation is over is good`() throws {
    try withTemporaryFolder { folder in
      let keys = try TestKeys.ring(TestKeys.key())
      let store = try RevocationStore(path: folder + "/revocations.sqlite")
      let issuer = TokenIssuer(keys: keys)
      let verifier = TokenVerifier(keys: keys, revocations: [store])
      let old = try issuer.issue(for: "alice", lifetime: .seconds(60)).text
      let end = try store.revokeTokens(of: "alice")
      #expect(end >= .now - .seconds(1) && end <= .now + .seconds(1))
      let new = try TokenIssuer(keys: keys, now: { end })
        .issue(for: "alice", lifetime: .seconds(60)).text
      #expect(verifier.reason(old) == .revoked)
      #expect(verifier.reason(new) == nil)
    }
  }

  /// Other libraries write whole seconds.
  @Test func `of the second of a revocation, no token is good`() throws {
    try withStore { store, clock in
      let verifier = try TokenVerifier.test(revocations: store, clock: clock)
      clock.seconds += 0.25
      let end = try store.revokeTokens(of: "alice")
      #expect(end.secondsSinceEpoch == 1_800_000_001)
      for (issuedAt, isGood) in [
        ("1799999999", false), ("1800000000", false), ("1800000000.5", false), ("1800000001", true),
      ] {
        let payload = #"{"user_id":"alice","exp":1800000100,"iat":\#(issuedAt)}"#
        let reason = try verifier.reason(TestKeys.token(payload: payload))
        #expect(reason == (isGood ? nil : .revoked), "\(issuedAt)")
      }
    }
  }

  @Test func `revocations outlive the process`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/revocations.sqlite"
      let clock = TestClock()
      do {
        let store = try RevocationStore(path: path, now: clock.now)
        try store.revoke(jti: "j1", expiresAt: nil)
        try store.revokeTokens(of: "bob")
      }
      #expect(try permissions(of: path) == 0o600)
      let store = try RevocationStore(path: path, now: clock.now)
      let verifier = try TokenVerifier.test(revocations: store)
      #expect(try verifier.reason(Self.token(jti: "j1")) == .revoked)
      #expect(try verifier.reason(Self.token(jti: "j2", user: "bob")) == .revoked)
      #expect(try verifier.reason(Self.token(jti: "j2")) == nil)
    }
  }

  @Test func `another process's revocations are seen soon, without a call`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/revocations.sqlite"
      let server = try RevocationStore(
        path: path,
        refreshInterval: .milliseconds(1),
        now: TestClock().now
      )
      let command = try RevocationStore(path: path, now: TestClock().now)
      let verifier = try TokenVerifier.test(revocations: server)
      let token = try Self.token(jti: "j1")
      let other = try Self.token(jti: "j2", user: "bob")
      #expect(verifier.reason(token) == nil)
      try command.revoke(jti: "j1", expiresAt: nil)
      try command.revokeTokens(of: "bob")
      waitUntil { verifier.reason(token) == .revoked && verifier.reason(other) == .revoked }
    }
  }

  @Test func `a file to which another process writes for long keeps no verification waiting`()
    throws
  {
    try withTemporaryFolder { folder in
      let path = folder + "/revocations.sqlite"
      let store = try RevocationStore(
        path: path,
        refreshInterval: .milliseconds(1),
        now: TestClock().now
      )
      try store.revoke(jti: "j1", expiresAt: nil)
      let verifier = try TokenVerifier.test(revocations: store)
      let other = try Connection(path: path)
      try other.execute("BEGIN EXCLUSIVE")
      for _ in 0 ..< 100 {
        #expect(try verifier.reason(Self.token(jti: "j1")) == .revoked)
        #expect(try verifier.reason(Self.token(jti: "j2")) == nil)
      }
      try other.execute("COMMIT")
    }
  }

  @Test func `a file that has not answered for too long counts as one that cannot be read`() throws
  {
    try withTemporaryFolder { folder in
      let store = try RevocationStore(
        path: folder + "/revocations.sqlite",
        refreshInterval: .seconds(3600),
        maximumAge: .zero,
        now: TestClock().now
      )
      let reason = try TokenVerifier.test(revocations: store).reason(TestKeys.token())
      guard case .revocationsUnreadable(let error) = reason else {
        Issue.record("\(String(describing: reason))")
        return
      }
      #expect(error.description.contains("did not respond for"))
    }
  }

  @Test func `revocations of tokens that have expired are forgotten`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/revocations.sqlite"
      let clock = TestClock()
      let store = try RevocationStore(path: path, now: clock.now)
      let end = NumericDate(secondsSinceEpoch: clock.seconds + 10)
      try store.revoke(jti: "j1", expiresAt: end)
      try store.revokeTokens(of: "bob", lastExpiry: end)
      try store.revoke(jti: "j2", expiresAt: nil)
      let connection = try Connection(path: path)
      // Verifiers may take a token for another minute.
      clock.seconds += 69
      try store.revoke(jti: "j3", expiresAt: nil)
      #expect(try connection.count("revocations") == 4)
      clock.seconds += 1
      try store.revoke(jti: "j4", expiresAt: nil)
      #expect(try connection.count("revocations") == 3)
    }
  }

  @Test func `what cannot be read counts as revoked, and what cannot be written throws`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/revocations.sqlite"
      let store = try RevocationStore(
        path: path,
        refreshInterval: .milliseconds(1),
        now: TestClock().now
      )
      let verifier = try TokenVerifier.test(revocations: store)
      let token = try TestKeys.token()
      try Connection(path: path).execute("ALTER TABLE revocations RENAME TO gone")
      waitUntil { if case .revocationsUnreadable = verifier.reason(token) { true } else { false } }
      #expect(throws: RevocationError.self) { try store.revoke(jti: "j1", expiresAt: nil) }
      try Connection(path: path).execute("ALTER TABLE gone RENAME TO revocations")
      waitUntil { verifier.reason(token) == nil }
    }
  }

  @Test func `a file of a newer version is refused`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/revocations.sqlite"
      _ = try RevocationStore(path: path)
      try Connection(path: path).execute("PRAGMA user_version = 2")
      let error = #expect(throws: RevocationError.self) { try RevocationStore(path: path) }
      #expect(error?.description.contains("newer") == true)
    }
  }

  @Test func `verifying and revoking at the same time loses nothing`() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("revocations.sqlite").path
    let store = try RevocationStore(
      path: path,
      refreshInterval: .milliseconds(1),
      now: TestClock().now
    )
    let verifier = try TokenVerifier.test(revocations: store)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0 ..< 4 {
        group.addTask {
          for number in 0 ..< 20 {
            let jti: Identifier = "\(worker)-\(number)"
            let token = try Self.token(jti: jti.text)
            #expect(verifier.reason(token) == nil)
            try store.revoke(jti: jti, expiresAt: nil)
            #expect(verifier.reason(token) == .revoked)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func token(jti: String, user: String = "alice") throws -> String {
    try TestKeys.token(
      payload: #"{"user_id":"\#(user)","iat":1799999990,"exp":1800000100,"jti":"\#(jti)"}"#
    )
  }

  private func withStore(_ body: (RevocationStore, TestClock) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let clock = TestClock()
      let path = folder + "/revocations.sqlite"
      try body(try RevocationStore(path: path, now: clock.now), clock)
    }
  }
}

/// Tries again and again, for as long as the test may take.
private func waitUntil(_ condition: () -> Bool) {
  while !condition() { usleep(1000) }
}

extension Connection {
  fileprivate func count(_ table: String) throws(SQLiteError) -> Int64? {
    let statement = try self.prepare("SELECT count(*) FROM \(table)")
    _ = try statement.step()
    return statement.integer(at: 0)
  }
}
