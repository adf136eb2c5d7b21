internal import Identifiers
internal import RPC
internal import TokenwireAPI

/// The handlers of `grpc.health.v1.Health`.
struct HealthChecks: HealthService {
  private let status: HealthStatus

  /// The services whose health is known; "" is the whole server. As in gRPC's own servers, Health
  /// itself is not included.
  private static let services: [Identifier] = ["", TokenwireMethod.service]

  init(_ status: HealthStatus) {
    self.status = status
  }

  func check(
    _ request: HealthCheckRequest,
    context: CallContext
  ) async throws -> HealthCheckResponse {
    guard Self.services.contains(Identifier(request.service)) else {
      let known = Self.services.map { "\"\($0)\"" }.joined(separator: ", ")
      throw CallError(
        .notFound,
        "service \"\(request.service)\" is not known here; known: \(known)"
      )
    }
    return HealthCheckResponse(status: .init(self.status.phase))
  }

  func list(
    _ request: HealthListRequest,
    context: CallContext
  ) async throws -> HealthListResponse {
    let response = HealthCheckResponse(status: .init(self.status.phase))
    return HealthListResponse(
      statuses: Dictionary(uniqueKeysWithValues: Self.services.map { ($0, response) })
    )
  }

  /// Ends when the server drains, unlike in gRPC's own servers: otherwise a watcher's call, which
  /// never ends by itself, would delay the shutdown by the whole grace period. The watcher has got
  /// the last status by then.
  func watch(
    _ request: HealthCheckRequest,
    response: ResponseWriter<HealthCheckResponse>,
    context: CallContext
  ) async throws {
    let isKnown = Self.services.contains(Identifier(request.service))
    var last: HealthCheckResponse.ServingStatus?
    for await phase in self.status.phases() {
      let status = isKnown ? .init(phase) : HealthCheckResponse.ServingStatus.serviceUnknown
      // Loading and draining are both "not serving": between them the status does not change.
      if status != last { try await response.write(HealthCheckResponse(status: status)) }
      last = status
    }
  }
}

extension HealthCheckResponse.ServingStatus {
  fileprivate init(_ phase: HealthStatus.Phase) {
    self =
      switch phase {
      case .serving: .serving
      case .loading, .draining: .notServing
      }
  }
}
