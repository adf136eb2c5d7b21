import Identifiers
import PostgreSQL
import PostgresSharedState
import TestPostgreSQL
import Testing

/// What users have left on all nodes together.
@Suite(.serialized) struct PostgresQuotasTests {
  /// A node with limits of 60 calls and 6,000 tokens a minute.
  private static func node(_ url: String, mayBeAway: Bool = false) throws -> PostgresQuotas {
    try PostgresQuotas(
      ConnectionParameters(url: url),
      requestsPerMinute: 60,
      tokensPerMinute: 6_000,
      mayBeAway: mayBeAway
    )
  }

  private static func use(
    _ requests: Double = 0,
    _ tokens: Double = 0,
    of user: Identifier = "alice"
  ) -> [PostgresQuotas.Amount] {
    [PostgresQuotas.Amount(userID: user, requests: requests, tokens: tokens)]
  }

  /// Makes what a user has left one minute old.
  private static func age(_ server: PostgreSQLServer, _ database: String) async throws {
    try await server.execute(
      "UPDATE tokenwire_access.quotas SET at = at - interval '30 seconds'",
      in: database
    )
  }

  @Test func `a node may start before the database is there, and counts with the others then`()
    async throws
  {
    let server = try await PostgreSQLServer.start()
    let url = try await server.url(of: server.makeDatabase())
    try await server.stop()
    #expect(throws: PostgreSQLError.self) { _ = try Self.node(url) }
    let early = try Self.node(url, mayBeAway: true)
    await #expect(throws: PostgreSQLError.self) { _ = try await early.use(Self.use(1)) }
    try await server.start()
    var left: [PostgresQuotas.Amount] = []
    while left.isEmpty { left = (try? await early.use(Self.use(40))) ?? [] }
    #expect(19 ..< 25 ~= left[0].requests)
    left = try await Self.node(url).use(Self.use())
    #expect(19 ..< 30 ~= left[0].requests)
  }

  @Test func `nodes count together, and time gives back`() async throws {
    let server = try await PostgreSQLServer.shared
    let database = try await server.makeDatabase()
    let (one, two) = (
      try Self.node(server.url(of: database)), try Self.node(server.url(of: database))
    )
    var left = try await one.use(Self.use(40, 1_000))
    #expect(left == [PostgresQuotas.Amount(userID: "alice", requests: 20, tokens: 5_000)])
    // The seconds of this test give back, too: a call for each.
    left = try await two.use(Self.use(40, 9_000))
    #expect(-20 ..< 0 ~= left[0].requests)
    #expect(-4_000 ..< -2_000 ~= left[0].tokens)
    try await Self.age(server, database)
    left = try await one.use(Self.use())
    #expect(10 ..< 30 ~= left[0].requests)
    #expect(-1_000 ..< 1_000 ~= left[0].tokens)
    for _ in 0 ..< 5 { try await Self.age(server, database) }
    left = try await two.use(Self.use(1))
    #expect(left[0].requests == 59)
    #expect(left[0].tokens == 6_000)
  }

  @Test func `users are told apart by the bytes of their names`() async throws {
    let server = try await PostgreSQLServer.shared
    let url = try await server.url(of: server.makeDatabase())
    let node = try Self.node(url)
    for name: Identifier in ["Jos\u{E9}", "Jose\u{301}", "a\u{0}b", "a", "", "'; --"] {
      #expect(try await node.use(Self.use(10, of: name))[0].requests == 50)
    }
  }

  @Test func `many users at many nodes are counted, each once`() async throws {
    let server = try await PostgreSQLServer.shared
    let url = try await server.url(of: server.makeDatabase())
    let users = (0 ..< 2_500).map { Identifier("user-\($0)") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0 ..< 4 {
        group.addTask {
          let node = try Self.node(url)
          let amounts = users.shuffled().map {
            PostgresQuotas.Amount(userID: $0, requests: 0, tokens: 1_000_000)
          }
          let left = try await node.use(amounts)
          #expect(left.count == users.count)
        }
      }
      for try await _ in group {}
    }
    let left = try await Self.node(url).use(users.flatMap { Self.use(of: $0) })
    // 10,000 tokens would be given back in 100 seconds.
    #expect(left.allSatisfy { -3_994_000 ..< -3_984_000 ~= $0.tokens })
  }

  @Test func `rows that say nothing are removed`() async throws {
    let server = try await PostgreSQLServer.shared
    let database = try await server.makeDatabase()
    let url = server.url(of: database)
    let node = try Self.node(url)
    _ = try await node.use(Self.use(60, of: "idle"))
    _ = try await node.use(Self.use(0, 60_000, of: "in debt"))
    for _ in 0 ..< 3 { try await Self.age(server, database) }
    // A new node looks at once.
    _ = try await Self.node(url).use(Self.use(1))
    let count: Identifier = "SELECT count(*) FROM tokenwire_access.quotas"
    #expect(try await server.integer(count, in: database) == 2)
  }

  @Test func `a node goes on when its database is back`() async throws {
    let server = try await PostgreSQLServer.start()
    let node = try await Self.node(server.url(of: server.makeDatabase()))
    _ = try await node.use(Self.use(1))
    try await server.kill()
    let error = await #expect(throws: PostgreSQLError.self) { try await node.use(Self.use(1)) }
    #expect(error?.message.isEmpty == false)
    try await server.start()
    while true {
      do {
        // What was lost with the server has filled the buckets.
        #expect(try await node.use(Self.use(10))[0].requests == 50)
        return
      } catch {
        await Task.yield()
      }
    }
  }
}
