import Identifiers
import Logging
import PostgreSQL
import PostgresSharedState
import TestPostgreSQL
import Testing

@testable import AccessTokens

/// Revocations that several nodes share.
@Suite(.serialized) struct SharedRevocationsTests {
  private static let now = NumericDate(secondsSinceEpoch: 1_800_000_000)

  /// A node with the database.
  private static func store(
    _ url: String,
    mayBeAway: Bool = false,
    at now: NumericDate = Self.now
  ) throws -> RevocationStore {
    try RevocationStore(
      sharedIn: ConnectionParameters(url: url),
      mayBeAway: mayBeAway,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { now }
    )
  }

  private static func token(_ jti: Identifier?, of user: Identifier = "alice") -> VerifiedToken {
    VerifiedToken(
      userID: user,
      jti: jti,
      issuedAt: Self.now - 10,
      expiresAt: Self.now + 3600,
      keyID: "k1"
    )
  }

  /// Returns when the node knows of the revocation.
  private static func wait(for token: VerifiedToken, at store: RevocationStore) async throws {
    while try !store.isRevoked(token) { await Task.yield() }
  }

  /// Revokes when the database can be reached.
  private static func revoke(_ jti: Identifier, at store: RevocationStore) async {
    while true {
      do {
        return try store.revoke(jti: jti, expiresAt: nil)
      } catch {
        await Task.yield()
      }
    }
  }

  @Test func `a node that starts before the database is there refuses every token until it is`()
    async throws
  {
    let server = try await PostgreSQLServer.start()
    let url = try await server.url(of: server.makeDatabase())
    try await server.stop()
    #expect(throws: RevocationError.self) { _ = try Self.store(url) }
    let early = try Self.store(url, mayBeAway: true)
    #expect(throws: RevocationError.self) { try early.isRevoked(Self.token("j1")) }
    #expect(throws: RevocationError.self) { try early.revoke(jti: "j2", expiresAt: nil) }
    try await server.start()
    // It creates the tables itself.
    await Self.revoke("j2", at: early)
    let other = try Self.store(url)
    #expect(try other.isRevoked(Self.token("j2")))
    while (try? early.isRevoked(Self.token("j1"))) == nil { await Task.yield() }
    await Self.revoke("j1", at: other)
    try await Self.wait(for: Self.token("j1"), at: early)
  }

  @Test(arguments: ["j1", "Jos\u{E9}", "Jose\u{301}", "a\u{0}b", "👩‍👩‍👧", "'; --"])
  func `what one node revokes is revoked at another, and for good`(name: String) async throws {
    let server = try await PostgreSQLServer.shared
    let url = try await server.url(of: server.makeDatabase())
    let name = Identifier(name)
    do {
      let (one, two) = (try Self.store(url), try Self.store(url))
      try one.revoke(jti: name, expiresAt: nil)
      #expect(try one.isRevoked(Self.token(name)))
      try two.revokeTokens(of: name)
      try await Self.wait(for: Self.token(name), at: two)
      try await Self.wait(for: Self.token("other", of: name), at: one)
      #expect(try !two.isRevoked(Self.token("other")))
    }
    let later = try Self.store(url)
    #expect(try later.isRevoked(Self.token(name)))
    #expect(try later.isRevoked(Self.token(nil, of: name)))
    // Another writing of a name is another name.
    #expect(try !later.isRevoked(Self.token(Identifier(name.text + "\u{301}"))))
  }

  @Test func `a revocation whose notification is lost is found`() async throws {
    let server = try await PostgreSQLServer.shared
    let database = try await server.makeDatabase()
    let store = try Self.store(server.url(of: database))
    try await server.execute(
      """
      INSERT INTO tokenwire_access.revocations (jti, revoked_at)
      VALUES ('quiet', 1800000000), ('next', 1800000000)
      """,
      in: database
    )
    try await Self.wait(for: Self.token("quiet"), at: store)
    #expect(try store.isRevoked(Self.token("next")))
  }

  @Test func `many nodes that revoke at once lose nothing`() async throws {
    let server = try await PostgreSQLServer.shared
    let url = try await server.url(of: server.makeDatabase())
    let reader = try Self.store(url)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for node in 0 ..< 6 {
        group.addTask {
          let store = try Self.store(url)
          for number in 0 ..< 25 {
            try store.revoke(jti: "\(node)-\(number)", expiresAt: nil)
          }
        }
      }
      for try await _ in group {}
    }
    for node in 0 ..< 6 {
      for number in 0 ..< 25 {
        try await Self.wait(for: Self.token("\(node)-\(number)"), at: reader)
      }
    }
  }

  @Test func `revocations of tokens that have expired are removed`() async throws {
    let server = try await PostgreSQLServer.shared
    let database = try await server.makeDatabase()
    let url = server.url(of: database)
    let count: Identifier = "SELECT count(*) FROM tokenwire_access.revocations"
    try Self.store(url).revoke(jti: "j1", expiresAt: Self.now + 10)
    // Verifiers may take a token for another minute.
    try Self.store(url, at: Self.now + 69).revoke(jti: "j2", expiresAt: nil)
    #expect(try await server.integer(count, in: database) == 2)
    try Self.store(url, at: Self.now + 70).revoke(jti: "j3", expiresAt: nil)
    #expect(try await server.integer(count, in: database) == 2)
  }

  @Test func `a node goes on without its database, and hears of what it has missed`() async throws {
    let server = try await PostgreSQLServer.start()
    let url = try await server.url(of: server.makeDatabase())
    let (one, two) = (try Self.store(url), try Self.store(url))
    try one.revoke(jti: "before", expiresAt: nil)
    try await Self.wait(for: Self.token("before"), at: two)
    for round in 0 ..< 3 {
      try await server.kill()
      let error = #expect(throws: RevocationError.self) {
        try one.revoke(jti: "lost", expiresAt: nil)
      }
      #expect(error?.description.isEmpty == false)
      #expect(try two.isRevoked(Self.token("before")))
      #expect(try !two.isRevoked(Self.token("other")))
      #expect(try !one.isRevoked(Self.token("lost")))
      try await server.start()
      await Self.revoke("after-\(round)", at: one)
      try await Self.wait(for: Self.token("after-\(round)"), at: two)
    }
    // A connection that the server has ended is made again without an error.
    try await server.stop()
    try await server.start()
    try one.revoke(jti: "at once", expiresAt: nil)
  }

  @Test func `after a failover a node hears of the new primary's revocations`() async throws {
    let server = try await PostgreSQLServer.start()
    let database = try await server.makeDatabase()
    let standby = try await server.standby()
    let url = """
      postgresql://tokenwire@/\(database)?host=\(server.folder),\(standby.folder)\
      &target_session_attrs=read-write
      """
    let (one, two) = (try Self.store(url), try Self.store(url))
    try one.revoke(jti: "before", expiresAt: nil)
    try await Self.wait(for: Self.token("before"), at: two)
    try await server.kill()
    try await standby.promote()
    await Self.revoke("after", at: one)
    try await Self.wait(for: Self.token("after"), at: two)
    #expect(try two.isRevoked(Self.token("before")))
  }

  @Test func `a database that cannot be used is told at the start`() async throws {
    let server = try await PostgreSQLServer.shared
    let database = try await server.makeDatabase()
    let url = server.url(of: database)
    _ = try Self.store(url)
    try await server.execute(
      "UPDATE tokenwire_access.schema_version SET version = 99",
      in: database
    )
    let newer = #expect(throws: RevocationError.self) { try Self.store(url) }
    #expect(newer?.description.contains("newer version") == true)
    let gone = #expect(throws: RevocationError.self) {
      try Self.store("postgresql://tokenwire@/x?host=/nowhere")
    }
    #expect(gone?.description.contains("/nowhere") == true)
  }
}
