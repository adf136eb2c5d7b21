internal import FrameRPC
internal import Generation
internal import ServiceLifecycle

/// Loads the server's generator and lets it generate.
struct GeneratorService: Service {
  let loader: GeneratorLoader
  let generator: LateGenerator
  let health: HealthStatus
  /// Has the address of the server when it listens: before that nothing is loaded, so that a port
  /// that is taken is told at once.
  let listening: AsyncStream<Endpoint>
  let onReady: @Sendable (_ address: Endpoint, _ models: [String]) async -> Void

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      guard
        let address = await self.listening.first(where: { _ in true }),
        let generator = try await self.loader.generator()
      else { return }
      self.generator.fill(with: generator)
      if self.health.advance(to: .serving) {
        await self.onReady(address, generator.models.map(\.id))
      }
      await generator.run()
    }
  }
}
