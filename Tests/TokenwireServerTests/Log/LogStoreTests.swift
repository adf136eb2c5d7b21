import AccessTokens
import Identifiers
import RPC
import RequestLog
import TestServers
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// What a server does with its log, it does with any store.
@Suite struct LogStoreTests {
  @Test func `entries are logged, read back and erased`() async throws {
    let store = MemoryLogStore()
    try await Secured.with(store: store) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log, .readLogs]))
      var ids: [String] = []
      for word in ["sky", "sea", "sun", "sand", "snow"] {
        var request = LogHandlersTests.request(word)
        request.idempotencyKey = word
        let answer = try await server.client.api.logRequest(request, options: alice)
        #expect(try await server.client.api.logRequest(request, options: alice) == answer)
        request.response = "It is small."
        let other = request
        let error = await #expect(throws: CallError.self) {
          try await server.client.api.logRequest(other, options: alice)
        }
        #expect(error?.code == .alreadyExists)
        ids.append(answer.id)
      }
      for (request, expected) in [
        (QueryLogsRequest(), Array(ids.reversed())),
        (QueryLogsRequest(order: .oldestFirst), ids),
        (QueryLogsRequest(limit: 3, afterID: ids[4]), [ids[3], ids[2], ids[1]]),
        (QueryLogsRequest(afterID: ids[1], order: .oldestFirst), [ids[2], ids[3], ids[4]]),
        (QueryLogsRequest(search: "SEA"), [ids[1]]),
        (QueryLogsRequest(model: "another"), []),
      ] {
        let entries = try await server.client.api.queryLogs(request, options: alice).collect()
        #expect(entries.map(\.id) == expected)
      }
      let admin = server.bearing(try server.token(for: "root", scopes: [.admin]))
      let request = EraseLogsRequest(userID: "alice")
      let erased = try await server.client.api.eraseLogs(request, options: admin)
      #expect(erased.entries == 5)
      #expect(await store.stats(of: nil).total.entries == 0)
    }
  }

  @Test func `entries are followed until the server stops`() async throws {
    let store = MemoryLogStore()
    try await Secured.with(store: store) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log, .readLogs]))
      let request = QueryLogsRequest(order: .oldestFirst, follow: true)
      var entries = try await server.client.api.queryLogs(request, options: alice)
        .makeAsyncIterator()
      for word in ["sky", "sea", "sun"] {
        let logged = LogHandlersTests.request(word)
        let answer = try await server.client.api.logRequest(logged, options: alice)
        #expect(try await entries.next()?.id == answer.id)
      }
      store.endFollowing()
      #expect(try await entries.next() == nil)
      _ = try await server.client.api.logRequest(LogHandlersTests.request("dew"), options: alice)
    }
  }

  @Test func `a store is pruned while the server runs, and closed at its end`() async throws {
    let store = MemoryLogStore()
    let entry = NewEntry(userID: "alice", prompt: "Tell me of the sky", response: "It is wide.")
    let service = LogService(
      log: store,
      retention: Retention(maximumBytes: 100),
      pruneInterval: .milliseconds(1),
      logger: .silent
    )
    let running = Task { await service.run() }
    // 34 bytes each.
    for _ in 0 ..< 5 { _ = try await store.append(entry) }
    while await store.stats(of: nil).total.entries > 2 { await Task.yield() }
    running.cancel()
    await running.value
    let error = await #expect(throws: LogError.self) { try await store.append(entry) }
    #expect(error?.code == .unavailable)
  }
}
