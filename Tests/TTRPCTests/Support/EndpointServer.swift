import Identifiers
import Logging
import TestClients
import TestServers

@testable import Listening
@testable import RPC
@testable import TTRPC

/// Runs a server with the echo service on `endpoint` for as long as `body` runs.
func withServer<Result: Sendable>(
  on endpoint: Endpoint = .anyPort,
  tls: ServerTLS? = nil,
  _ methods: [Identifier: MethodHandler] = EchoService.definition.methods,
  _ body: @escaping @Sendable (RPCServer, Endpoint) async throws -> Result
) async throws -> Result {
  let server = RPCServer(
    endpoint: endpoint,
    services: [ServiceDefinition(name: EchoService.name, methods: methods)],
    tls: tls,
    timeouts: .patient,
    logger: .silent
  )
  return try await withEndpoint(of: server) { try await body(server, $0) }
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
