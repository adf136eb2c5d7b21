import AccessTokens
import Generation
import Identifiers
import RPC
import RequestLog
import SQLiteRequestLog
import TTRPC
import TestServers
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

@Suite struct FollowLogsTests {
  @Test func `a follower gets what is there and what comes`() async throws {
    try await Secured.with(keepsLog: true) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log, .readLogs]))
      func log(_ word: String) async throws -> String {
        let request = LogHandlersTests.request(word)
        return try await server.client.api.logRequest(request, options: alice).id
      }
      var ids = [try await log("sky")]
      let request = QueryLogsRequest(order: .oldestFirst, follow: true)
      var entries = try await server.client.api.queryLogs(request, options: alice)
        .makeAsyncIterator()
      #expect(try await entries.next()?.id == ids[0])
      for word in ["sea", "sun"] {
        ids.append(try await log(word))
        #expect(try await entries.next()?.id == ids.last)
      }
    }
  }

  @Test func `a follower gets nothing more when its access token is revoked`() async throws {
    try await Secured.with(keepsLog: true) { server in
      let issued = try TokenIssuer(keys: server.keys).issue(
        for: "alice",
        scopes: [.readLogs],
        lifetime: .seconds(60)
      )
      let writer = server.bearing(try server.token(for: "alice", scopes: [.log]))
      func log(_ word: String) async throws {
        let request = LogHandlersTests.request(word)
        _ = try await server.client.api.logRequest(request, options: writer)
      }
      try await log("sky")
      let request = QueryLogsRequest(order: .oldestFirst, follow: true)
      var entries = try await server.client.api.queryLogs(
        request,
        options: server.bearing(issued.text)
      ).makeAsyncIterator()
      #expect(try await entries.next()?.prompt == "Tell me of the sky")
      try server.revocations.revoke(jti: issued.jti, expiresAt: issued.expiresAt)
      try await log("sea")
      await #expect(throws: CallError.tokenIsInvalid) { try await entries.next() }
    }
  }

  @Test func `only the oldest first can be followed`() async throws {
    try await Secured.with(keepsLog: true) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.readLogs]))
      let error = await #expect(throws: CallError.self) {
        let request = QueryLogsRequest(follow: true)
        for try await _ in try await server.client.api.queryLogs(request, options: alice) {}
      }
      #expect(
        error == CallError(.invalidArgument, "order must be oldest first to follow the log")
      )
    }
  }

  @Test func `a server that stops ends what follows, and does not wait for it`() async throws {
    try await withTemporaryFolder { folder in
      let keys = try KeyRing.create(path: folder + "/keys")
      let revocations = try RevocationStore(path: folder + "/revoked")
      let token = try TokenIssuer(keys: keys).issue(
        for: "alice",
        scopes: [.log, .readLogs],
        lifetime: .seconds(3600)
      )
      let options = CallOptions(metadata: ["authorization": "Bearer \(token.text)"])
      let server = TokenwireServer(
        listen: .anyPort,
        transports: [TTRPCTransport()],
        access: AccessRules(keys: keys, revocations: [revocations], anonymousLimits: .none),
        log: try await SQLiteLogStore.open(path: folder + "/log", logger: .silent),
        timeouts: .patient,
        // Whoever waited for it would be seen.
        shutdownGracePeriod: .seconds(86_400),
        logger: .silent,
        models: [ModelSource("scripted") { ScriptedGenerator(Script("one", repeats: true)) }]
      )
      try await RunningServer.with(server) { running in
        try await withClient(of: running.address) { client in
          _ = try await client.api.logRequest(LogHandlersTests.request("sky"), options: options)
          let request = QueryLogsRequest(order: .oldestFirst, follow: true)
          var entries = try await client.api.queryLogs(request, options: options)
            .makeAsyncIterator()
          #expect(try await entries.next() != nil)
          running.stop()
          #expect(try await entries.next() == nil)
        }
      }
    }
  }
}
