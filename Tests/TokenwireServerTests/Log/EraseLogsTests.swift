import AccessTokens
import Identifiers
import Logging
import RPC
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

@Suite struct EraseLogsTests {
  @Test func `an admin erases a user, and it is noted who did`() async throws {
    try await Secured.with(keepsLog: true) { server in
      for (user, word) in [("alice", "sky"), ("alice", "sea"), ("bob", "sun")] {
        let token = server.bearing(try server.token(for: Identifier(user), scopes: [.log]))
        let request = LogHandlersTests.request(word)
        _ = try await server.client.api.logRequest(request, options: token)
      }
      let admin = server.bearing(try server.token(for: "root", scopes: [.admin]))
      let request = EraseLogsRequest(userID: "alice")
      let erased = try await server.client.api.eraseLogs(request, options: admin)
      #expect(erased.entries == 2)
      // Prompts, responses, names, models and metadata.
      #expect(erased.bytes == 2 * (18 + 11 + 5 + 1 + 8))
      let again = try await server.client.api.eraseLogs(request, options: admin)
      #expect(again == EraseLogsResponse(entries: 0, bytes: 0))

      let reader = server.bearing(try server.token(for: "root", scopes: [.readLogs, .admin]))
      for (user, count) in [("alice", 0), ("bob", 1)] {
        var entries: [LogEntry] = []
        let query = QueryLogsRequest(userID: user)
        for try await entry in try await server.client.api.queryLogs(query, options: reader) {
          entries.append(entry)
        }
        #expect(entries.count == count)
      }
      let note = await server.nextLogEntry()
      #expect(note?.level == .notice)
      #expect(note?.message == "Erased a user's log entries")
      #expect(note?.metadata == ["user": "alice", "by": "root", "entries": "2", "bytes": "86"])
    }
  }

  @Test func `nobody else erases, and nobody in particular is not erased`() async throws {
    try await Secured.with(keepsLog: true) { server in
      let request = EraseLogsRequest(userID: "alice")
      await #expect(throws: CallError.tokenIsMissing) {
        try await server.client.api.eraseLogs(request)
      }
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log, .readLogs]))
      let error = await #expect(throws: CallError.self) {
        try await server.client.api.eraseLogs(request, options: alice)
      }
      #expect(error?.code == .permissionDenied)
      let admin = server.bearing(try server.token(for: "root", scopes: [.admin]))
      await #expect(throws: CallError(.invalidArgument, "user_id is required")) {
        try await server.client.api.eraseLogs(EraseLogsRequest(), options: admin)
      }
    }
  }
}
