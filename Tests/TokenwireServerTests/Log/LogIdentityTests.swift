import AccessTokens
import Identifiers
import RPC
import TestTexts
import Testing
import TokenwireAPI
import TokenwireClient

/// What is logged is told apart by its bytes, from the client to the disk and back.
@Suite struct LogIdentityTests {
  private static let changes: [@Sendable (inout LogRequestRequest, String) -> Void] = [
    { $0.model = $1 }, { $0.generationID = $1 }, { $0.metadata = ["k": $1] },
    { $0.metadata = TextMap([(key: $1, value: "v")]) }, { $0.prompt = $1 }, { $0.response = $1 },
  ]

  @Test(arguments: CanonicallyEqual.pairs)
  func `both keys of metadata are kept, with their values`(
    _ first: String,
    _ second: String
  ) async throws {
    try await Secured.with(keepsLog: true) { server in
      let options = server.bearing(try server.token(for: "a", scopes: [.log, .readLogs]))
      let metadata = TextMap([(key: first, value: second), (key: second, value: first)])
      let request = LogRequestRequest(prompt: "p", response: "r", metadata: metadata)
      _ = try await server.client.api.logRequest(request, options: options)
      let query = QueryLogsRequest()
      let entries = try await server.client.api.queryLogs(query, options: options).collect()
      #expect(entries.map(\.metadata) == [metadata])
    }
  }

  @Test(arguments: CanonicallyEqual.pairs, 0 ..< 6)
  func `a key that is used again for what only looks the same is refused`(
    _ pair: (String, String),
    _ change: Int
  ) async throws {
    try await Secured.with(keepsLog: true) { server in
      let options = server.bearing(try server.token(for: "a", scopes: [.log]))
      var request = LogRequestRequest(prompt: "p", response: "r", idempotencyKey: "k")
      Self.changes[change](&request, pair.0)
      let first = try await server.client.api.logRequest(request, options: options)
      let again = try await server.client.api.logRequest(request, options: options)
      #expect(again.id == first.id)
      Self.changes[change](&request, pair.1)
      let other = request
      let error = await #expect(throws: CallError.self) {
        _ = try await server.client.api.logRequest(other, options: options)
      }
      #expect(error?.code == .alreadyExists)
    }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `keys and models that only look the same are two`(
    _ first: String,
    _ second: String
  ) async throws {
    try await Secured.with(keepsLog: true) { server in
      let options = server.bearing(try server.token(for: "a", scopes: [.log, .readLogs]))
      for name in [first, second] {
        let request = LogRequestRequest(
          prompt: name,
          response: "r",
          model: name,
          idempotencyKey: name
        )
        _ = try await server.client.api.logRequest(request, options: options)
      }
      let query = QueryLogsRequest(model: second)
      let entries = try await server.client.api.queryLogs(query, options: options).collect()
      #expect(entries.map { Identifier($0.prompt) } == [Identifier(second)])
    }
  }
}
