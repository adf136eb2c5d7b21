import Identifiers
import RequestLog
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

/// A database that goes away and comes back. Each test has a server of its own.
@Suite(.serialized) struct OutageTests {
  @Test func `while the server is stopped entries fail, and are stored after it`() async throws {
    let server = try await PostgreSQLServer.start()
    let configuration = PostgresLogStore.Configuration(patience: .milliseconds(100))
    try await withStore(on: server, configuration) { store, database in
      let running = Task { await store.run() }
      let first = try await store.append(.sample("first"))
      #expect(store.condition == .working)
      try await server.stop()
      let error = await #expect(throws: LogError.self) { try await store.append(.sample("lost")) }
      #expect(error?.code == .unavailable)
      #expect(
        error?.message == "The log's database cannot be reached now; nothing was stored"
      )
      #expect(error?.retryAfter != nil)
      #expect(store.condition != .working)
      let reading = await #expect(throws: LogError.self) { try await store.prompts() }
      #expect(reading?.code == .unavailable)
      try await server.start()
      let second = try await appendWhenPossible(.sample("second"), to: store)
      #expect(store.condition == .working)
      #expect(try await store.prompts() == ["first", "second"])
      #expect(second.id > first.id)
      running.cancel()
      await running.value
    }
  }

  @Test func `the condition of the log is known while nobody writes`() async throws {
    let server = try await PostgreSQLServer.start()
    try await withStore(on: server) { store, _ in
      let running = Task { await store.run() }
      for _ in 0 ..< 2 {
        try await server.stop()
        while store.condition == .working { await Task.yield() }
        try await server.start()
        while store.condition != .working { await Task.yield() }
      }
      _ = try await store.append(.sample())
      running.cancel()
      await running.value
    }
  }

  @Test func `a server that was restarted while nobody wrote is used at once`() async throws {
    let server = try await PostgreSQLServer.start()
    try await withStore(on: server) { store, _ in
      _ = try await store.append(.sample("first"))
      #expect(try await store.prompts() == ["first"])
      try await server.stop()
      try await server.start()
      _ = try await store.append(.sample("second"))
      #expect(try await store.prompts() == ["first", "second"])
    }
  }

  @Test(arguments: [true, false])
  func `a server that hangs fails entries, and loses none that it has acknowledged`(
    isKeptConnected: Bool
  ) async throws {
    let server = try await PostgreSQLServer.start()
    let configuration = PostgresLogStore.Configuration(
      responseTime: .seconds(2),
      patience: .milliseconds(100),
      doubtTime: .milliseconds(100)
    )
    try await withStore(on: server, configuration) { store, database in
      let running = isKeptConnected ? Task { await store.run() } : nil
      _ = try await store.append(.sample("first"))
      try await server.suspend()
      let error = await #expect(throws: LogError.self) { try await store.append(.sample("lost")) }
      #expect(error?.code == .unavailable)
      #expect(store.condition != .working)
      // Those that come later do not wait for it.
      let next = await #expect(throws: LogError.self) { try await store.append(.sample("lost")) }
      #expect(next?.message == "The log's database cannot be reached now; nothing was stored")
      try await server.resume()
      _ = try await appendWhenPossible(.sample("second"), to: store)
      #expect(try await store.prompts().filter { $0 != "lost" } == ["first", "second"])
      running?.cancel()
      await running?.value
    }
  }

  @Test func `after a failover the standby is written to, and has what was acknowledged`()
    async throws
  {
    let primary = try await PostgreSQLServer.start()
    let name = try await primary.makeDatabase()
    let standby = try await primary.standby()
    // Without this, a failover may lose what was acknowledged.
    try await primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'", in: "postgres")
    try await primary.execute("SELECT pg_reload_conf()", in: "postgres")
    let url = "postgresql://tokenwire@/\(name)?host=\(primary.folder),\(standby.folder)"
    let store = try await PostgresLogStore.open(
      url,
      .init(patience: .seconds(1), doubtTime: .seconds(1))
    )
    var prompts: [String] = []
    for number in 0 ..< 50 {
      _ = try await store.append(.sample("\(number)"))
      prompts.append("\(number)")
    }
    try await primary.kill()
    try await standby.execute("ALTER SYSTEM RESET synchronous_standby_names", in: "postgres")
    try await standby.promote()
    _ = try await appendWhenPossible(.sample("after"), to: store)
    #expect(try await store.prompts() == prompts + ["after"])
    await store.close()
  }
}
