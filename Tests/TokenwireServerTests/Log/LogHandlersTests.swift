import AccessTokens
import Identifiers
import RPC
import RequestLog
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

@Suite struct LogHandlersTests {
  @Test func `a request is logged for the token's user, and read back by that user alone`()
    async throws
  {
    try await Secured.with(keepsLog: true) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log, .readLogs]))
      let bob = server.bearing(try server.token(for: "bob", scopes: [.log, .readLogs]))
      let answer = try await server.client.api.logRequest(Self.request("sky"), options: alice)
      #expect(answer.message == "Request logged successfully")
      #expect(answer.durability == .synced)
      #expect(answer.id.count == 26)
      #expect(answer.timestampUnixMicros > 1_700_000_000_000_000)
      _ = try await server.client.api.logRequest(Self.request("sea"), options: bob)

      let entries = try await self.query(server, QueryLogsRequest(), alice)
      #expect(entries.map(\.userID) == ["alice"])
      #expect(entries.first?.id == answer.id)
      #expect(entries.first?.prompt == "Tell me of the sky")
      #expect(entries.first?.metadata == ["from": "test"])
      #expect(entries.first?.timestampUnixMicros == answer.timestampUnixMicros)
    }
  }

  @Test func `the answer tells that the entry is only on the server's own disk so far`()
    async throws
  {
    try await Secured.with(store: MemoryLogStore(durability: .localSynced)) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log]))
      let answer = try await server.client.api.logRequest(Self.request("sky"), options: alice)
      #expect(answer.durability == .localSynced)
      #expect(answer.durability.rawValue == 2)
    }
  }

  @Test func `entries come in order, from a cursor on, up to a limit, by their words`() async throws
  {
    try await Secured.with(keepsLog: true) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log, .readLogs]))
      var ids: [String] = []
      for word in ["sky", "sea", "sun"] {
        ids.append(
          try await server.client.api.logRequest(Self.request(word), options: alice).id
        )
      }
      let newest = try await self.query(server, QueryLogsRequest(limit: 2), alice)
      #expect(newest.map(\.id) == [ids[2], ids[1]])
      #expect(newest.map(\.seq) == [0, 1])
      let oldest = try await self.query(
        server,
        QueryLogsRequest(afterID: ids[0], order: .oldestFirst),
        alice
      )
      #expect(oldest.map(\.id) == [ids[1], ids[2]])
      let found = try await self.query(server, QueryLogsRequest(search: "SEA"), alice)
      #expect(found.map(\.id) == [ids[1]])
    }
  }

  @Test func `entries of a session are found by it, among those of their user`() async throws {
    try await Secured.with(keepsLog: true) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log, .readLogs]))
      let bob = server.bearing(try server.token(for: "bob", scopes: [.log, .readLogs]))
      for (word, session) in [("sky", "s1"), ("sea", ""), ("sun", "s2"), ("sand", "s1")] {
        var request = Self.request(word)
        request.sessionID = session
        _ = try await server.client.api.logRequest(request, options: alice)
      }
      let entries = try await self.query(server, QueryLogsRequest(sessionID: "s1"), alice)
      #expect(entries.map(\.prompt) == ["Tell me of the sand", "Tell me of the sky"])
      #expect(entries.map(\.sessionID) == ["s1", "s1"])
      #expect(try await self.query(server, QueryLogsRequest(), alice).count == 4)
      #expect(try await self.query(server, QueryLogsRequest(sessionID: "s1"), bob).isEmpty)

      var long = Self.request("sky")
      long.sessionID = String(repeating: "s", count: 129)
      let refused = long
      let message = "session_id may have at most 128 bytes. Given: 129"
      await #expect(throws: CallError(.invalidArgument, message)) {
        try await server.client.api.logRequest(refused, options: alice)
      }
    }
  }

  @Test func `an idempotency key is answered with the first entry`() async throws {
    try await Secured.with(keepsLog: true) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log]))
      var request = Self.request("sky")
      request.idempotencyKey = "once"
      let first = try await server.client.api.logRequest(request, options: alice)
      #expect(try await server.client.api.logRequest(request, options: alice) == first)
      request.prompt = "Something else"
      let again = request
      let error = await #expect(throws: CallError.self) {
        try await server.client.api.logRequest(again, options: alice)
      }
      #expect(error?.code == .alreadyExists)
    }
  }

  @Test func `another user's entries need the scope admin`() async throws {
    try await Secured.with(keepsLog: true) { server in
      let bob = server.bearing(try server.token(for: "bob", scopes: [.log]))
      _ = try await server.client.api.logRequest(Self.request("sea"), options: bob)
      let request = QueryLogsRequest(userID: "bob")
      let alice = server.bearing(try server.token(for: "alice", scopes: [.readLogs]))
      let error = await #expect(throws: CallError.self) {
        try await self.query(server, request, alice)
      }
      #expect(error?.code == .permissionDenied)
      let admin = server.bearing(try server.token(for: "root", scopes: [.readLogs, .admin]))
      #expect(try await self.query(server, request, admin).count == 1)
    }
  }

  @Test func `what cannot be logged is refused by field`() async throws {
    try await Secured.with(keepsLog: true) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log, .readLogs]))
      let empty = await #expect(throws: CallError.self) {
        try await server.client.api.logRequest(
          LogRequestRequest(response: "x"),
          options: alice
        )
      }
      #expect(empty?.code == .invalidArgument)
      #expect(empty?.message.contains("prompt") == true)
      for request in [QueryLogsRequest(limit: -1), QueryLogsRequest(afterID: "first")] {
        let error = await #expect(throws: CallError.self) {
          try await self.query(server, request, alice)
        }
        #expect(error?.code == .invalidArgument)
      }
    }
  }

  @Test func `the log needs a token with its scope`() async throws {
    try await Secured.with(keepsLog: true) { server in
      await #expect(throws: CallError.tokenIsMissing) {
        try await server.client.api.logRequest(Self.request("sky"))
      }
      let reader = server.bearing(try server.token(for: "alice", scopes: [.readLogs]))
      let error = await #expect(throws: CallError.self) {
        try await server.client.api.logRequest(Self.request("sky"), options: reader)
      }
      #expect(error?.code == .permissionDenied)
      #expect(error?.message.contains("\"log\"") == true)
    }
  }

  static func request(_ word: String) -> LogRequestRequest {
    LogRequestRequest(
      prompt: "Tell me of the \(word)",
      response: "It is wide.",
      model: "m",
      metadata: ["from": "test"]
    )
  }

  private func query(
    _ server: Secured,
    _ request: QueryLogsRequest,
    _ options: CallOptions
  ) async throws(CallError) -> [LogEntry] {
    var entries: [LogEntry] = []
    for try await entry in try await server.client.api.queryLogs(request, options: options) {
      entries.append(entry)
    }
    return entries
  }
}
