internal import Identifiers
internal import Listening
internal import ServiceLifecycle

/// Loads the server's models, runs them, and reports when the server is ready.
struct ModelService: Service {
  let models: ModelCatalog
  let loading: ModelLoading
  let health: HealthStatus
  /// The server's address, once it listens. Nothing is loaded before that, so that a port in use is
  /// reported at once.
  let listening: AsyncStream<Endpoint>
  let onReady: @Sendable (_ address: Endpoint, _ models: [Identifier]) async -> Void

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      guard let address = await self.listening.first(where: { _ in true }) else { return }
      if self.loading.begin == .demand || self.models.local.isEmpty {
        await self.becomeReady(at: address)
      }
      try await withThrowingTaskGroup { group in
        group.addTask { await self.models.runElsewhere() }
        for slot in self.models.local {
          group.addTask {
            try await slot.run {
              if self.models.wereAllLoaded { await self.becomeReady(at: address) }
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  private func becomeReady(at address: Endpoint) async {
    if self.health.advance(to: .serving) { await self.onReady(address, self.models.ids) }
  }
}
