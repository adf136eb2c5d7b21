// Generated from Protos/grpc/reflection/v1/reflection.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import Identifiers
package import Protobuf
public import RPC
public import TTRPC

/// The methods of `grpc.reflection.v1.ServerReflection`.
public enum ServerReflectionMethod {
  public static let service: Identifier = "grpc.reflection.v1.ServerReflection"
  public static let serverReflectionInfo = MethodDescriptor(
    service: service,
    method: "ServerReflectionInfo"
  )

  /// What a call of each method sends and is answered, for those who see only its bytes.
  package static let messages: [MethodDescriptor: (request: any (CMessage & JSONMessage).Type, response: any (CMessage & JSONMessage).Type)] = [
    serverReflectionInfo: (ServerReflectionRequest.self, ServerReflectionResponse.self),
  ]

  /// The methods that are answered by a stream of messages.
  package static let streaming: Set<MethodDescriptor> = [serverReflectionInfo]
}

/// The handlers of `grpc.reflection.v1.ServerReflection`.
public protocol ServerReflectionService: Sendable {
  /// Answers each request with one response, in their order.
  func serverReflectionInfo(
    _ requests: RequestStream<ServerReflectionRequest>,
    response: ResponseWriter<ServerReflectionResponse>,
    context: CallContext
  ) async throws
}

extension ServerReflectionService {
  /// What a server needs to offer the service.
  public var definition: ServiceDefinition {
    ServiceDefinition(
      name: ServerReflectionMethod.service,
      methods: [
        "ServerReflectionInfo": .bidirectionalStreaming {
          try await self.serverReflectionInfo($0, response: $1, context: $2)
        },
      ]
    )
  }
}

/// Calls `grpc.reflection.v1.ServerReflection`.
public struct ServerReflectionStub: Sendable {
  private let client: RPCClient

  /// Creates a stub that calls over the connection of `client`.
  public init(_ client: RPCClient) {
    self.client = client
  }

  /// Answers each request with one response, in their order.
  public func serverReflectionInfo<Result: Sendable>(
    options: CallOptions = CallOptions(),
    _ send: @escaping @Sendable (RequestWriter<ServerReflectionRequest>) async throws -> Void,
    receive: @escaping @Sendable (ResponseStream<ServerReflectionResponse>) async throws -> Result
  ) async throws -> Result {
    try await self.client.bidirectionalStreaming(
      ServerReflectionMethod.serverReflectionInfo,
      options: options,
      send,
      receive: receive
    )
  }
}
