internal import Listening
internal import Logging
internal import RequestLog
internal import ServiceLifecycle
internal import UnixSignals

/// Serves calls until the shutdown begins and the running calls have ended.
struct ServerService: Service {
  let server: RPCServer
  let health: HealthStatus
  /// Nil when the server has no log.
  let log: (any LogStore)?
  let gracePeriod: Duration
  let logger: Logger
  let onStopping: @Sendable () -> Void
  let onListening: @Sendable (Endpoint) async -> Void

  /// The first signal begins the graceful shutdown, the second ends it.
  static let stopSignals: [UnixSignal] = [.sigterm, .sigint]

  func run() async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { await self.hurryAtSecondSignal() }
      defer { group.cancelAll() }
      try await withGracefulShutdownHandler {
        try await self.server.run(onListening: self.onListening)
      } onGracefulShutdown: {
        self.onStopping()
        // First, so that watchers are notified before their connections stop accepting calls.
        self.health.advance(to: .draining)
        self.log?.endFollowing()
        self.server.drain(gracePeriod: self.gracePeriod)
      }
    }
  }

  private func hurryAtSecondSignal() async {
    var isStopping = false
    for await _ in await UnixSignalsSequence(trapping: Self.stopSignals) {
      if isStopping {
        self.server.drain(gracePeriod: .zero)
      } else {
        isStopping = true
        self.logger.notice(
          "Stopping: running calls have \(self.gracePeriod) to end; a second signal ends them at once"
        )
      }
    }
  }
}
