import Identifiers
import Logging
import TestClients

@testable import Listening
@testable import RPC
@testable import TTRPC

/// Runs a server with the echo service on `endpoint` for as long as `body` runs.
func withServer<Result: Sendable>(
  on endpoint: Endpoint = Endpoint(host: "127.0.0.1", port: 0),
  tls: ServerTLS? = nil,
  _ methods: [Identifier: MethodHandler] = EchoService.definition.methods,
  _ body: @escaping @Sendable (RPCServer, Endpoint) async throws -> Result
) async throws -> Result {
  let server = RPCServer(
    endpoint: endpoint,
    services: [ServiceDefinition(name: EchoService.name, methods: methods)],
    tls: tls,
    timeouts: .patient,
    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  )
  let (endpoints, listening) = AsyncStream.makeStream(of: Endpoint.self)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { listening.finish() }
      try await server.run { listening.yield($0) }
    }
    defer { group.cancelAll() }
    for await endpoint in endpoints {
      return try await body(server, endpoint)
    }
    try await group.waitForAll()
    throw CancellationError()
  }
}

/// Connects, and makes a call; what fails, this throws.
@discardableResult
func call(
  _ endpoint: Endpoint,
  tls: ClientTLS? = nil,
  _ text: String = "hi"
) async throws -> String {
  let client = try await RPCClient.connect(
    to: endpoint,
    tls: tls,
    options: .patient
  )
  do {
    let answer: Text = try await client.unary(EchoService.unary, Text(text))
    await client.close()
    return answer.text
  } catch {
    await client.close()
    throw error
  }
}

extension Endpoint {
  /// The same port by another name of this machine.
  func named(_ host: String) -> Endpoint { Endpoint(host: host, port: self.port) }
}
