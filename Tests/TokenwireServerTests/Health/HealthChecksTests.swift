import Identifiers
import RPC
import RequestLog
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

@Suite struct HealthChecksTests {
  private let status = HealthStatus()

  private func withHealth(
    _ body: @escaping @Sendable (HealthStub) async throws -> Void
  ) async throws {
    try await withEndpoint(of: HealthChecks(self.status).definition) { endpoint in
      try await withClient(of: endpoint) { try await body($0.health) }
    }
  }

  static let known = ["", "tokenwire.v1.Tokenwire"]
  static let states: [(HealthStatus.Phase, HealthCheckResponse.ServingStatus)] = [
    (.loading, .notServing), (.serving, .serving), (.draining, .notServing),
  ]
  static let unknown = ["grpc.health.v1.Health", "tokenwire.v1", "nope"]

  @Test(arguments: known)
  func `a check tells whether the server serves`(service: String) async throws {
    try await self.withHealth { health in
      for (phase, expected) in Self.states {
        self.status.advance(to: phase)
        let status = try await health.status(of: service)
        #expect(status == expected)
      }
    }
  }

  @Test(arguments: unknown)
  func `a check of another service is not found`(service: String) async throws {
    try await self.withHealth { health in
      await #expect(
        throws: CallError(
          .notFound,
          """
          service "\(service)" is not known here; known: "", "tokenwire.v1.Tokenwire"
          """
        )
      ) {
        try await health.check(HealthCheckRequest(service: service))
      }
    }
  }

  @Test func `a log out of reach is told, and leaves the server healthy`() async throws {
    let log = MemoryLogStore()
    self.status.advance(to: .serving)
    try await withEndpoint(of: HealthChecks(self.status, log: log).definition) { endpoint in
      try await withClient(of: endpoint) { client in
        #expect(try await client.health.status(of: "log") == .serving)
        log.conditions.note(.unavailable("gone"))
        #expect(try await client.health.status(of: "log") == .notServing)
        #expect(try await client.health.status(of: "") == .serving)
        let statuses = try await client.health.list(HealthListRequest()).statuses
        #expect(statuses.mapValues(\.status)["log"] == .notServing)
        #expect(statuses.count == 3)
      }
    }
  }

  @Test func `a watcher of the log sees each change, and the end when the server drains`()
    async throws
  {
    let log = MemoryLogStore()
    try await withEndpoint(of: HealthChecks(self.status, log: log).definition) { endpoint in
      try await withClient(of: endpoint) { client in
        let request = HealthCheckRequest(service: "log")
        var states = try await client.health.watch(request).makeAsyncIterator()
        #expect(try await states.next()?.status == .serving)
        log.conditions.note(.unavailable("gone"))
        #expect(try await states.next()?.status == .notServing)
        // Another reason is no other status.
        log.conditions.note(.unavailable("still gone"))
        log.conditions.note(.working)
        #expect(try await states.next()?.status == .serving)
        self.status.advance(to: .draining)
        #expect(try await states.next() == nil)
      }
    }
  }

  @Test func `a watcher of the log whose connection closes is forgotten`() async throws {
    let log = MemoryLogStore()
    let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
    let checks = HealthChecks(self.status, log: log)
    let service = ObservedHealth(checks: checks) { continuation.yield() }
    try await withEndpoint(of: service.definition) { endpoint in
      try await withClient(of: endpoint) { client in
        let request = HealthCheckRequest(service: "log")
        var states = try await client.health.watch(request).makeAsyncIterator()
        #expect(try await states.next()?.status == .serving)
        #expect(self.status.watchers == 1)
      }
      _ = await ends.first { true }
      #expect(self.status.watchers == 0)
    }
  }

  @Test func `a list has every known service`() async throws {
    try await self.withHealth { health in
      for (phase, expected) in Self.states {
        self.status.advance(to: phase)
        let statuses = try await health.list(HealthListRequest()).statuses
        #expect(statuses.count == Self.known.count)
        for service in Self.known { #expect(statuses[Identifier(service)]?.status == expected) }
      }
    }
  }

  @Test(arguments: known)
  func `a watcher sees each change, and the end after the last`(service: String) async throws {
    try await self.withHealth { health in
      var states = try await health.watch(HealthCheckRequest(service: service)).makeAsyncIterator()
      #expect(try await states.next()?.status == .notServing)
      self.status.advance(to: .serving)
      #expect(try await states.next()?.status == .serving)
      self.status.advance(to: .draining)
      #expect(try await states.next()?.status == .notServing)
      #expect(try await states.next() == nil)
    }
  }

  @Test func `from loading to draining, nothing changes`() async throws {
    try await self.withHealth { health in
      var states = try await health.watch(HealthCheckRequest()).makeAsyncIterator()
      #expect(try await states.next()?.status == .notServing)
      self.status.advance(to: .draining)
      #expect(try await states.next() == nil)
    }
  }

  @Test(arguments: unknown)
  func `a watcher of another service is told so once, and watches on`(
    service: String
  ) async throws {
    try await self.withHealth { health in
      var states = try await health.watch(HealthCheckRequest(service: service)).makeAsyncIterator()
      #expect(try await states.next()?.status == .serviceUnknown)
      self.status.advance(to: .serving)
      #expect(self.status.watchers == 1)
      self.status.advance(to: .draining)
      #expect(try await states.next() == nil)
    }
  }

  @Test func `a watcher whose connection closes is forgotten`() async throws {
    let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
    let service = ObservedHealth(checks: HealthChecks(self.status)) { continuation.yield() }
    try await withEndpoint(of: service.definition) { endpoint in
      try await withClient(of: endpoint) { client in
        var states = try await client.health.watch(HealthCheckRequest()).makeAsyncIterator()
        #expect(try await states.next()?.status == .notServing)
        #expect(self.status.watchers == 1)
      }
      _ = await ends.first { true }
      #expect(self.status.watchers == 0)
    }
  }
}

extension HealthStub {
  /// What a check says.
  func status(of service: String = "") async throws -> HealthCheckResponse.ServingStatus {
    try await self.check(HealthCheckRequest(service: service)).status
  }
}

/// Tells when a watch has ended.
private struct ObservedHealth: HealthService {
  let checks: HealthChecks
  let onEnd: @Sendable () -> Void

  func check(
    _ request: HealthCheckRequest,
    context: CallContext
  ) async throws -> HealthCheckResponse {
    try await self.checks.check(request, context: context)
  }

  func list(
    _ request: HealthListRequest,
    context: CallContext
  ) async throws -> HealthListResponse {
    try await self.checks.list(request, context: context)
  }

  func watch(
    _ request: HealthCheckRequest,
    response: ResponseWriter<HealthCheckResponse>,
    context: CallContext
  ) async throws {
    defer { self.onEnd() }
    try await self.checks.watch(request, response: response, context: context)
  }
}
