import Identifiers
import RequestLog
import TestMongoDB
import Testing

@testable import MongoRequestLog

/// A database that goes away and comes back. Each test has a server of its own.
@Suite(.serialized) struct OutageTests {
  /// Reports of others: requests hang while the database is down (log4mongo/log4mongo-net#35), and the
  /// log does not come back with it (logstash-plugins/logstash-output-mongodb#46).
  @Test(arguments: [true, false])
  func `while the server is away entries fail at once, and are stored after it`(
    isKeptConnected: Bool
  ) async throws {
    let server = try await MongoDBServer.start()
    let configuration = MongoLogStore.Configuration(
      connectTime: .milliseconds(300),
      patience: .milliseconds(100)
    )
    try await withStore(on: server, configuration) { store, _ in
      let running = isKeptConnected ? Task { await store.run() } : nil
      let first = try await store.append(.sample("first"))
      #expect(store.condition == .working)
      try await server.kill()
      var error: LogError?
      // The first may learn of it only when it was sent.
      for _ in 0 ..< 2 {
        error = await #expect(throws: LogError.self) { try await store.append(.sample("lost")) }
        #expect(error?.code == .unavailable)
      }
      #expect(error?.message == "The log's database cannot be reached now; nothing was stored")
      #expect(error?.retryAfter != nil)
      #expect(store.condition != .working)
      let reading = await #expect(throws: LogError.self) { try await store.prompts() }
      #expect(reading?.code == .unavailable)
      try await server.start()
      let second = try await appendWhenPossible(.sample("second"), to: store)
      #expect(store.condition == .working)
      #expect(try await store.prompts().filter { $0 != "lost" } == ["first", "second"])
      #expect(second.id > first.id)
      running?.cancel()
      await running?.value
    }
  }

  @Test func `a server that was restarted while nobody wrote is used at once`() async throws {
    let server = try await MongoDBServer.start()
    try await withStore(on: server, .init(patience: .seconds(20))) { store, _ in
      _ = try await store.append(.sample("first"))
      #expect(try await store.prompts() == ["first"])
      try await server.kill()
      try await server.start()
      _ = try await store.append(.sample("second"))
      #expect(try await store.prompts() == ["first", "second"])
    }
  }

  /// A report of others: what follows a log ends, or repeats itself (winstonjs/winston-mongodb#38).
  @Test func `who follows goes on after an outage without a gap or a repetition`() async throws {
    let server = try await MongoDBServer.start()
    try await withStore(on: server, .init(patience: .seconds(20))) { store, url in
      let other = try await MongoLogStore.open(url, .init(patience: .seconds(20)))
      let running = Task { await other.run() }
      var read: [ULID] = []
      var stored: [ULID] = []
      for round in 0 ..< 3 {
        for number in 0 ..< 5 {
          stored.append(try await store.append(.sample("\(round)-\(number)")).id)
        }
        let query = LogQuery(
          limit: stored.count - read.count,
          after: read.last,
          order: .oldestFirst,
          follows: true
        )
        read += try await other.entries(query).map(\.id)
        try await server.kill()
        try await server.start()
      }
      #expect(read == stored)
      running.cancel()
      await running.value
      await other.close()
    }
  }

  @Test func `a server that hangs fails entries, and loses none that it has acknowledged`()
    async throws
  {
    let server = try await MongoDBServer.start()
    let configuration = MongoLogStore.Configuration(
      responseTime: .seconds(2),
      connectTime: .seconds(1),
      patience: .milliseconds(100),
      doubtTime: .milliseconds(100)
    )
    try await withStore(on: server, configuration) { store, _ in
      let running = Task { await store.run() }
      _ = try await store.append(.sample("first"))
      try await server.suspend()
      let error = await #expect(throws: LogError.self) { try await store.append(.sample("lost")) }
      #expect(error?.code == .unavailable)
      #expect(store.condition != .working)
      let next = await #expect(throws: LogError.self) { try await store.append(.sample("lost")) }
      #expect(next?.code == .unavailable)
      try await server.resume()
      _ = try await appendWhenPossible(.sample("second"), to: store)
      #expect(try await store.prompts().filter { $0 != "lost" } == ["first", "second"])
      running.cancel()
      await running.value
    }
  }

  @Test func `connections that the server closes cost nothing`() async throws {
    let server = try await MongoDBServer.start()
    try await withStore(on: server, .init(patience: .seconds(20))) { store, _ in
      for command in ["insert", "findAndModify", "update", "find"] {
        let fault = """
          {"configureFailPoint": "failCommand", "mode": {"times": 1}, \
          "data": {"failCommands": ["\(command)"], "closeConnection": true}}
          """
        _ = try await server.execute(fault, in: "admin")
        _ = try await store.append(.sample(command))
      }
      #expect(try await store.prompts() == ["insert", "findAndModify", "update", "find"])
    }
  }
}

/// Appends until the store can be used again.
func appendWhenPossible(_ entry: NewEntry, to store: MongoLogStore) async throws -> StoredEntry {
  while true {
    do throws(LogError) {
      return try await store.append(entry)
    } catch {
      guard error.code == .unavailable else { throw error }
      await Task.yield()
    }
  }
}
