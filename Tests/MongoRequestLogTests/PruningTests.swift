import Foundation
import Identifiers
import MongoDB
import RequestLog
import TestMongoDB
import Testing

@testable import MongoRequestLog

/// Several nodes that prune one log.
@Suite struct PruningTests {
  private static let retention = Retention(maximumBytes: 1 << 20)

  private func fill(_ store: MongoLogStore) async throws {
    let long = String(repeating: "word ", count: 4000)
    for _ in 0 ..< 100 { _ = try await store.append(.sample(long)) }
  }

  @Test func `nodes that prune at once remove no more than one of them would`() async throws {
    try await withStore { store, url in
      try await self.fill(store)
      var nodes = [store]
      for _ in 0 ..< 3 { nodes.append(try await MongoLogStore.open(url)) }
      let removals = try await withThrowingTaskGroup(of: Removal.self) { group in
        for node in nodes { group.addTask { try await node.prune(Self.retention) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(removals.filter { $0.entries > 0 }.count == 1)
      let size = try await store.maintainer.withClient {
        [database = store.maintainer.database] client throws(MongoDBError) in
        try LogMaintainer.sizes(client, database).documents
      }
      // The last one that was removed has about 20 kB.
      #expect((1 << 20) / 4 * 3 - 30_000 ... (1 << 20) / 4 * 3 ~= size)
      for node in nodes.dropFirst() { await node.close() }
    }
  }

  @Test func `while another node prunes nothing is removed, and its claim ends when it has died`()
    async throws
  {
    let server = try await MongoDBServer.shared
    try await withStore(on: server) { store, url in
      try await self.fill(store)
      let name = String(url.split(separator: "/").last ?? "")
      func claim(until end: String) async throws {
        let claim = #"{"token": "DEAD", "end": {"$date": "\#(end)"}}"#
        let update = #"{"q": {"_id": "log_end"}, "u": {"$set": {"pruning": \#(claim)}}}"#
        _ = try await server.execute(#"{"update": "tokenwire", "updates": [\#(update)]}"#, in: name)
      }
      try await claim(until: "2100-01-01T00:00:00Z")
      #expect(try await store.prune(Self.retention) == .none)
      try await claim(until: "2000-01-01T00:00:00Z")
      #expect(try await store.prune(Self.retention).entries > 0)
      // It gives its claim back.
      let state = try await server.execute(#"{"find": "tokenwire"}"#, in: name)
      #expect(state.contains("log_end") && !state.contains("pruning"))
    }
  }

  @Test func `a clock that was once wrong does not make all entries look old`() async throws {
    let server = try await MongoDBServer.shared
    try await withStore(on: server) { store, url in
      let stored = try await store.append(.sample())
      let name = String(url.split(separator: "/").last ?? "")
      // The year 2100.
      let position = #"{"position": {"$numberLong": "1050225868800000000"}}"#
      let update = #"{"q": {"_id": "log_end"}, "u": {"$set": \#(position)}}"#
      _ = try await server.execute(#"{"update": "tokenwire", "updates": [\#(update)]}"#, in: name)
      #expect(try await store.prune(Retention(maximumAge: .seconds(86_400))) == .none)
      #expect(try await store.entries() == [stored])
    }
  }
}
