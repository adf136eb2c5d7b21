public import FrameRPC
public import Generation
public import Logging
internal import ServiceLifecycle
internal import TokenwireAPI
internal import UnixSignals

/// A Tokenwire server: a generator, and the services that offer it to callers.
public struct TokenwireServer: Sendable {
  private let generator: any TextGenerator
  private let server: RPCServer
  private let logger: Logger

  /// How long running calls may go on after the server was told to stop.
  private static let shutdownGracePeriod = Duration.seconds(30)

  /// Creates a server that listens on `endpoint` from `run` on.
  public init(listen endpoint: Endpoint, generator: any TextGenerator, logger: Logger) {
    self.generator = generator
    self.logger = logger
    self.server = RPCServer(
      endpoint: endpoint,
      services: [GenerationService(generator: generator).definition],
      logger: logger
    )
  }

  /// The names of the models that requests may ask for.
  public var models: [String] { self.generator.models.map(\.id) }

  /// Serves until the process gets SIGTERM or SIGINT and the running calls have ended, or this task
  /// is cancelled.
  ///
  /// - Parameter onListening: called once with the address, when connections are accepted.
  /// - Throws: `ListenError` when the address cannot be listened on.
  public func run(
    onListening: @escaping @Sendable (Endpoint) async -> Void
  ) async throws {
    let generatorService = GeneratorService(generator: self.generator)
    let serverService = ServerService(server: self.server, onListening: onListening)
    // Stopped in reverse: the generator goes on until no call needs it.
    var configuration = ServiceGroupConfiguration(
      services: [
        .init(service: generatorService),
        .init(
          service: serverService,
          successTerminationBehavior: .gracefullyShutdownGroup,
          failureTerminationBehavior: .cancelGroup
        ),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: self.logger
    )
    configuration.maximumGracefulShutdownDuration = Self.shutdownGracePeriod
    try await ServiceGroup(configuration: configuration).run()
  }
}

private struct GeneratorService: Service {
  let generator: any TextGenerator

  func run() async throws {
    await cancelWhenGracefulShutdown { await self.generator.run() }
  }
}

private struct ServerService: Service {
  let server: RPCServer
  let onListening: @Sendable (Endpoint) async -> Void

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await self.server.run(onListening: self.onListening)
    } onGracefulShutdown: {
      self.server.drain()
    }
  }
}
