internal import Identifiers
internal import RPC
internal import TokenwireAPI

/// The handlers of `grpc.health.v1.Health`.
struct HealthChecks: HealthService {
  private let status: HealthStatus

  /// The services whose health is known; "" is the server as a whole. Health itself is not among
  /// them, as it is not in gRPC's own servers.
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

  /// Ends when the server drains, where those of gRPC's own servers go on: a watcher, whose call
  /// has no end of its own, would otherwise hold an idle server up for the whole grace period. It
  /// has its last news by then.
  func watch(
    _ request: HealthCheckRequest,
    response: ResponseWriter<HealthCheckResponse>,
    context: CallContext
  ) async throws {
    let isKnown = Self.services.contains(Identifier(request.service))
    var last: HealthCheckResponse.ServingStatus?
    for await phase in self.status.phases() {
      let status = isKnown ? .init(phase) : HealthCheckResponse.ServingStatus.serviceUnknown
      // Neither loading nor draining is serving: from one to the other nothing changes.
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
