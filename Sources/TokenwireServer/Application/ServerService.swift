internal import FrameRPC
internal import ServiceLifecycle

/// Answers callers until it is told to stop and the running calls have ended.
struct ServerService: Service {
  let server: RPCServer
  let health: HealthStatus
  let onListening: @Sendable (Endpoint) async -> Void

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await self.server.run(onListening: self.onListening)
    } onGracefulShutdown: {
      // First, so that watchers hear of it before their connections take no more calls.
      self.health.advance(to: .draining)
      self.server.drain()
    }
  }
}
