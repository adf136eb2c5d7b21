internal import Identifiers
internal import RPC
internal import RequestLog
internal import TokenwireAPI

/// The handlers of `grpc.health.v1.Health`.
///
/// A log whose database cannot be reached does not make the server unhealthy: all but its own methods
/// go on. It has a name of its own.
struct HealthChecks: HealthService {
  private let status: HealthStatus
  private let log: (any LogStore)?

  /// The services whose health is that of the server; "" is the whole server. As in gRPC's own
  /// servers, Health itself is not included.
  private static let services: [Identifier] = ["", TokenwireMethod.service]

  private static let logService: Identifier = "log"

  /// - Parameter log: nil when the server keeps none.
  init(_ status: HealthStatus, log: (any LogStore)? = nil) {
    self.status = status
    self.log = log
  }

  func check(
    _ request: HealthCheckRequest,
    context: CallContext
  ) async throws -> HealthCheckResponse {
    guard let status = self.statuses[Identifier(request.service)] else {
      let known = self.statuses.keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
      throw CallError(
        .notFound,
        "service \"\(request.service)\" is not known here; known: \(known)"
      )
    }
    return HealthCheckResponse(status: status)
  }

  func list(
    _ request: HealthListRequest,
    context: CallContext
  ) async throws -> HealthListResponse {
    HealthListResponse(statuses: self.statuses.mapValues { HealthCheckResponse(status: $0) })
  }

  /// Ends when the server drains, unlike in gRPC's own servers: otherwise a watcher's call, which
  /// never ends by itself, would delay the shutdown by the whole grace period. The watcher has got
  /// the last status by then.
  func watch(
    _ request: HealthCheckRequest,
    response: ResponseWriter<HealthCheckResponse>,
    context: CallContext
  ) async throws {
    let service = Identifier(request.service)
    if let log, service == Self.logService {
      return try await self.watch(log.conditions, response: response)
    }
    let isKnown = Self.services.contains(service)
    var last: HealthCheckResponse.ServingStatus?
    for await phase in self.status.phases() {
      let status = isKnown ? .init(phase) : HealthCheckResponse.ServingStatus.serviceUnknown
      // Loading and draining are both "not serving": between them the status does not change.
      if status != last { try await response.write(HealthCheckResponse(status: status)) }
      last = status
    }
  }
}

extension HealthChecks {
  /// Tells a log's condition and each change, until the server drains.
  private func watch(
    _ conditions: LogConditions,
    response: ResponseWriter<HealthCheckResponse>
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        var condition: LogCondition? = conditions.current
        var last: HealthCheckResponse.ServingStatus?
        while let known = condition {
          let status = HealthCheckResponse.ServingStatus(known)
          if status != last { try await response.write(HealthCheckResponse(status: status)) }
          last = status
          condition = await conditions.change(from: known)
        }
      }
      group.addTask {
        for await _ in self.status.phases() {}
      }
      try await group.next()
      group.cancelAll()
    }
  }

  /// The health of each service that is known.
  private var statuses: [Identifier: HealthCheckResponse.ServingStatus] {
    let server = HealthCheckResponse.ServingStatus(self.status.phase)
    var statuses = Dictionary(uniqueKeysWithValues: Self.services.map { ($0, server) })
    if let log { statuses[Self.logService] = .init(log.condition) }
    return statuses
  }
}

extension HealthCheckResponse.ServingStatus {
  fileprivate init(_ condition: LogCondition) {
    self = condition == .working ? .serving : .notServing
  }

  fileprivate init(_ phase: HealthStatus.Phase) {
    self =
      switch phase {
      case .serving: .serving
      case .loading, .draining: .notServing
      }
  }
}
