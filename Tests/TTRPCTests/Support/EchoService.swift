import Identifiers
import Logging
import NIOCore
import TestClients
import TestServers

@testable import Listening
@testable import RPC
@testable import TTRPC

/// A message with one text, for services that need no schema of their own.
typealias Text = KeyValue

extension KeyValue {
  init(_ text: String) {
    self.init(key: text)
  }

  var text: String { self.key }
}

/// A service with a method of each kind.
enum EchoService {
  static let name: Identifier = "test.Echo"
  static let unary = MethodDescriptor(service: name, method: "Unary")
  static let repeated = MethodDescriptor(service: name, method: "Repeat")
  static let join = MethodDescriptor(service: name, method: "Join")
  static let echo = MethodDescriptor(service: name, method: "Echo")

  static let definition = ServiceDefinition(
    name: name,
    methods: [
      "Unary": .unary { (request: Text, _) in request },
      "Repeat": .serverStreaming { (request: Text, responses: ResponseWriter<Text>, _) in
        for _ in 0 ..< 3 { try await responses.write(request) }
      },
      "Join": .clientStreaming { (requests: RequestStream<Text>, _) in
        var joined = ""
        for try await request in requests { joined += request.text }
        return Text(joined)
      },
      "Echo": .bidirectionalStreaming {
        (requests: RequestStream<Text>, responses: ResponseWriter<Text>, _) in
        for try await request in requests { try await responses.write(request) }
      },
    ]
  )
}

/// Runs a server on a free port of this machine for as long as `body` runs.
func withServer<Result: Sendable>(
  _ methods: [Identifier: MethodHandler],
  limits: CallLimits = CallLimits(),
  connectionLimits: ConnectionLimits = ConnectionLimits(),
  timeouts: ConnectionTimeouts = .patient,
  _ body: @escaping @Sendable (_ port: Int) async throws -> Result
) async throws -> Result {
  let service = ServiceDefinition(name: EchoService.name, methods: methods)
  return try await withServer(
    [service],
    limits: limits,
    connectionLimits: connectionLimits,
    timeouts: timeouts
  ) { _, port in try await body(port) }
}

func withServer<Result: Sendable>(
  _ services: [ServiceDefinition] = [EchoService.definition],
  limits: CallLimits = CallLimits(),
  connectionLimits: ConnectionLimits = ConnectionLimits(),
  timeouts: ConnectionTimeouts = .patient,
  _ body: @escaping @Sendable (RPCServer, _ port: Int) async throws -> Result
) async throws -> Result {
  let server = RPCServer(
    endpoint: .anyPort,
    services: services,
    limits: limits,
    connectionLimits: connectionLimits,
    timeouts: timeouts,
    logger: .silent
  )
  return try await withEndpoint(of: server) { try await body(server, $0.port) }
}

/// As `withServer`, with a client that is connected to it.
///
/// - Parameter options: by default, calls fail at their first failure.
func withClient<Result: Sendable>(
  _ methods: [Identifier: MethodHandler] = EchoService.definition.methods,
  options: ClientOptions = .patient,
  _ body: @escaping @Sendable (RPCClient) async throws -> Result
) async throws -> Result {
  try await withServer(methods) { port in
    let client = try await RPCClient.connect(
      to: Endpoint(host: "127.0.0.1", port: port),
      options: options
    )
    do {
      let result = try await body(client)
      await client.close()
      return result
    } catch {
      await client.close()
      throw error
    }
  }
}
