package import Listening

/// Runs a server for as long as `body` runs.
///
/// - Throws: what `body` throws, or what ended the server before it listened.
package func withEndpoint<Result: Sendable>(
  of server: RPCServer,
  _ body: @escaping @Sendable (Endpoint) async throws -> Result
) async throws -> Result {
  try await withEndpoint(of: { try await server.run(onListening: $0) }, body)
}

/// Runs `run`, which tells where it listens, for as long as `body` runs.
///
/// - Throws: what `body` throws, or what ended `run` before it listened.
package func withEndpoint<Result: Sendable>(
  of run: @escaping @Sendable (@escaping @Sendable (Endpoint) -> Void) async throws -> Void,
  _ body: @escaping @Sendable (Endpoint) async throws -> Result
) async throws -> Result {
  let (endpoints, listening) = AsyncStream.makeStream(of: Endpoint.self)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { listening.finish() }
      try await run { listening.yield($0) }
    }
    defer { group.cancelAll() }
    for await endpoint in endpoints { return try await body(endpoint) }
    try await group.waitForAll()
    throw CancellationError()
  }
}
