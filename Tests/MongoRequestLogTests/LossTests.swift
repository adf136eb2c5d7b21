import Identifiers
import MongoDB
import RequestLog
import TestMongoDB
import Testing

@testable import MongoRequestLog

/// What is lost between a store and its server, one command at a time.
@Suite struct LossTests {
  private static let configuration = MongoLogStore.Configuration(
    patience: .seconds(10),
    doubtTime: .seconds(20)
  )

  private func withProxy(
    _ configuration: MongoLogStore.Configuration = Self.configuration,
    _ body: (_ store: MongoLogStore, _ proxy: MongoDBProxy) async throws -> Void
  ) async throws {
    let proxy = try MongoDBProxy(of: try await MongoDBServer.shared.makeDatabase())
    let store = try await MongoLogStore.open(proxy.url, configuration)
    do {
      _ = try await store.append(.sample("first"))
      try await body(store, proxy)
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  /// Reports of others: an insertion that is sent again fails by its own first attempt
  /// (sboesebeck/morphium#359).
  @Test(arguments: [
    [MongoDBProxy.Fate.lostReply], [.dropped], [.notDurable], [.refused(10107)], [.refused(11602)],
    [.refused(189), .lostReply, .dropped, .notDurable],
    // The server steps down between two documents, or its answer is cut off.
    [.failedItem(189)], [.failedItem(11600)], [.failedItem(6), .unclear],
  ])
  func `an insertion whose answer is lost is made once`(fates: [MongoDBProxy.Fate]) async throws {
    try await self.withProxy { store, proxy in
      for fate in fates { try await proxy.prepare("insert", fate) }
      let stored = try await store.append(.sample("once", key: "k"))
      #expect(try await store.append(.sample("once", key: "k")) == stored)
      _ = try await store.append(.sample("last"))
      #expect(try await store.prompts() == ["first", "once", "last"])
      #expect(try await store.entries(LogQuery()).count == 3)
    }
  }

  @Test(arguments: [MongoDBProxy.Fate.lostReply, .dropped, .notDurable, .refused(10107)])
  func `a reservation or a release whose answer is lost stops nobody`(
    fate: MongoDBProxy.Fate
  ) async throws {
    try await self.withProxy(.init(patience: .seconds(10), reservationTime: .milliseconds(200))) {
      store,
      proxy in
      for command in ["findAndModify", "update", "find"] {
        try await proxy.prepare(command, fate)
        _ = try await store.append(.sample(command))
      }
      #expect(try await store.prompts() == ["first", "findAndModify", "update", "find"])
    }
  }

  @Test(arguments: [
    [MongoDBProxy.Fate.lostReply], [.dropped], [.notDurable], [.refused(10107)],
    [.refused(189), .lostReply, .dropped, .notDurable], [.failedItem(189)],
    [.failedItem(6), .unclear],
  ])
  func `forwarded entries whose insertion is not answered come once, in their order`(
    fates: [MongoDBProxy.Fate]
  ) async throws {
    try await self.withProxy { store, proxy in
      for fate in fates { try await proxy.prepare("insert", fate) }
      let entries = StoredEntry.older(count: 20)
      let outcomes = try await store.forward(entries)
      #expect(outcomes.allSatisfy { if case .stored = $0 { true } else { false } })
      _ = try await store.append(.sample("last"))
      let found = try await store.entries()
      #expect(Array(found.dropFirst().dropLast()) == entries)
      #expect(found.count == 22)
    }
  }

  @Test func `an entry whose fate stays unknown is told so, and comes at most once`() async throws {
    let configuration = MongoLogStore.Configuration(
      patience: .milliseconds(10),
      doubtTime: .milliseconds(10),
      reservationTime: .milliseconds(100)
    )
    try await self.withProxy(configuration) { store, proxy in
      for fate in [MongoDBProxy.Fate.lostReply, .dropped] {
        try await proxy.prepare("insert", fate, .dropped, .dropped)
        let error = await #expect(throws: LogError.self) {
          try await store.append(.sample("doubtful", key: "k"))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("not known") == true)
        // Sent again, it is stored once.
        var stored: StoredEntry?
        while stored == nil { stored = try? await store.append(.sample("doubtful", key: "k")) }
        #expect(try await store.prompts().filter { $0 == "doubtful" }.count == 1)
        #expect(try await store.erase(user: "ada").entries >= 1)
      }
    }
  }

  @Test func `what is never durable is not acknowledged`() async throws {
    let configuration = MongoLogStore.Configuration(doubtTime: .milliseconds(300))
    try await self.withProxy(configuration) { store, proxy in
      for _ in 0 ..< 30 { try await proxy.prepare("insert", .notDurable) }
      let error = await #expect(throws: LogError.self) { try await store.append(.sample("no")) }
      #expect(error?.message.contains("not known") == true)
    }
  }

  @Test(arguments: [(13, LogError.Code.unavailable), (14031, .diskFull), (8000, .diskFull)])
  func `what the server refuses is told, and nothing is stored`(
    code: Int,
    expected: LogError.Code
  ) async throws {
    try await self.withProxy { store, proxy in
      try await proxy.prepare("insert", .refused(code))
      let error = await #expect(throws: LogError.self) { try await store.append(.sample("no")) }
      #expect(error?.code == expected)
      #expect(error?.message.contains("nothing was stored") == true)
      #expect(store.condition == .working)
      _ = try await store.append(.sample("last"))
      #expect(try await store.prompts() == ["first", "last"])
    }
  }

  @Test func `an import whose answer is lost for good does not claim that nothing was stored`()
    async throws
  {
    let configuration = MongoLogStore.Configuration(
      patience: .milliseconds(10),
      doubtTime: .milliseconds(10)
    )
    try await self.withProxy(configuration) { store, proxy in
      let entries = try await store.entries()
      _ = try await store.erase(user: "ada")
      try await proxy.prepare("insert", .lostReply, .dropped, .dropped)
      let error = await #expect(throws: LogError.self) { try await store.importBatch(entries) }
      #expect(error?.message.contains("not known") == true)
      #expect(try await store.entries() == entries)
    }
  }

  @Test func `while nothing becomes durable, that the log can be read is not taken for working`()
    async throws
  {
    try await self.withProxy(.init(doubtTime: .milliseconds(300))) { store, proxy in
      for _ in 0 ..< 30 { try await proxy.prepare("insert", .notDurable) }
      await #expect(throws: LogError.self) { try await store.append(.sample("doubtful")) }
      #expect(store.condition != .working)
      try await proxy.prepare("update", .notDurable, .notDurable, .notDurable)
      let before = try #require(try await proxy.count("update"))
      let running = Task { await store.run() }
      while store.condition != .working { try await Task.sleep(for: .milliseconds(1)) }
      // Three were not durable, and the fourth was.
      #expect(try #require(try await proxy.count("update")) >= before + 4)
      running.cancel()
      await running.value
    }
  }

  @Test func `who may not fill what a dead node has reserved is told the right`() async throws {
    try await self.withProxy(.init(reservationTime: .milliseconds(100))) { store, proxy in
      let database = await store.writer.database
      _ = try database.pool.withClient { client throws(MongoDBError) in
        try LogEnd.reserve(1, token: "DEAD", now: nil, client, database)
      }
      try await proxy.prepare("insert", .refused(13))
      let error = await #expect(throws: LogError.self) { try await store.prompts() }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("grant insert on requests and update on tokenwire") == true)
      #expect(try await store.prompts() == ["first"])
    }
  }

  @Test func `callers at once share insertions`() async throws {
    try await self.withProxy { store, proxy in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0 ..< 200 {
          group.addTask { _ = try await store.append(.sample("\(number)")) }
        }
        try await group.waitForAll()
      }
      #expect(try await proxy.count("insert") ?? 0 < 60)
    }
  }

  @Test func `an import whose answers are lost adds each entry once`() async throws {
    try await self.withProxy { store, proxy in
      let entries = try await store.entries()
      _ = try await store.erase(user: "ada")
      try await proxy.prepare("insert", .lostReply, .notDurable, .failedItem(91), .dropped)
      let outcomes = try await store.importBatch(entries)
      #expect(outcomes.count == 1)
      #expect(try await store.entries() == entries)
    }
  }
}
