// Generated from Protos/grpc/health/v1/health.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import Identifiers
package import Protobuf
public import RPC
public import TTRPC

/// The methods of `grpc.health.v1.Health`.
public enum HealthMethod {
  public static let service: Identifier = "grpc.health.v1.Health"
  public static let check = MethodDescriptor(
    service: service,
    method: "Check"
  )
  public static let list = MethodDescriptor(
    service: service,
    method: "List"
  )
  public static let watch = MethodDescriptor(
    service: service,
    method: "Watch"
  )

  /// What a call of each method sends and is answered, for those who see only its bytes.
  package static let messages: [MethodDescriptor: (request: any (CMessage & JSONMessage).Type, response: any (CMessage & JSONMessage).Type)] = [
    check: (HealthCheckRequest.self, HealthCheckResponse.self),
    list: (HealthListRequest.self, HealthListResponse.self),
    watch: (HealthCheckRequest.self, HealthCheckResponse.self),
  ]

  /// The methods that are answered by a stream of messages.
  package static let streaming: Set<MethodDescriptor> = [watch]
}

/// The handlers of `grpc.health.v1.Health`.
public protocol HealthService: Sendable {
  /// NOT_FOUND when the service is not known.
  func check(
    _ request: HealthCheckRequest,
    context: CallContext
  ) async throws -> HealthCheckResponse

  /// The states of all services that are known.
  func list(
    _ request: HealthListRequest,
    context: CallContext
  ) async throws -> HealthListResponse

  /// The state now, then again at each change.
  func watch(
    _ request: HealthCheckRequest,
    response: ResponseWriter<HealthCheckResponse>,
    context: CallContext
  ) async throws
}

extension HealthService {
  /// What a server needs to offer the service.
  public var definition: ServiceDefinition {
    ServiceDefinition(
      name: HealthMethod.service,
      methods: [
        "Check": .unary {
          try await self.check($0, context: $1)
        },
        "List": .unary {
          try await self.list($0, context: $1)
        },
        "Watch": .serverStreaming {
          try await self.watch($0, response: $1, context: $2)
        },
      ]
    )
  }
}

/// Calls `grpc.health.v1.Health`.
public struct HealthStub: Sendable {
  private let client: RPCClient

  /// Creates a stub that calls over the connection of `client`.
  public init(_ client: RPCClient) {
    self.client = client
  }

  /// NOT_FOUND when the service is not known.
  public func check(
    _ request: HealthCheckRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> HealthCheckResponse {
    try await self.client.unary(HealthMethod.check, request, options: options)
  }

  /// The states of all services that are known.
  public func list(
    _ request: HealthListRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> HealthListResponse {
    try await self.client.unary(HealthMethod.list, request, options: options)
  }

  /// The state now, then again at each change.
  public func watch(
    _ request: HealthCheckRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> ResponseStream<HealthCheckResponse> {
    try await self.client.serverStreaming(HealthMethod.watch, request, options: options)
  }
}
