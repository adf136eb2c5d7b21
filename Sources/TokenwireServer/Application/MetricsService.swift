internal import Listening
internal import Logging
internal import ServiceLifecycle

/// Serves metrics on a port of their own, until all else has stopped.
struct MetricsService: Service {
  let server: RPCServer
  let logger: Logger

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await self.server.run { address in
        self.logger.notice("Serving metrics at /metrics", metadata: ["address": "\(address)"])
      }
    } onGracefulShutdown: {
      self.server.drain(gracePeriod: .seconds(1))
    }
  }
}
