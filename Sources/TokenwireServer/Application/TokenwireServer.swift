public import FrameRPC
public import Generation
public import Logging
internal import ServiceLifecycle
internal import TokenwireAPI
internal import UnixSignals

/// A Tokenwire server: a generator, and the services that offer it to callers.
///
/// It answers from the moment it listens. As long as its generator loads, calls for text are
/// answered with `unavailable`, and `grpc.health.v1.Health` says so.
public struct TokenwireServer: Sendable {
  private let loader: GeneratorLoader
  private let generator = LateGenerator()
  private let health = HealthStatus()
  private let server: RPCServer
  private let logger: Logger

  /// How long running calls may go on after the server was told to stop.
  private static let shutdownGracePeriod = Duration.seconds(30)

  /// Creates a server that listens on `endpoint` from `run` on.
  public init(listen endpoint: Endpoint, generator: any TextGenerator, logger: Logger) {
    self.init(listen: endpoint, logger: logger) { generator }
  }

  /// Creates a server that listens on `endpoint` from `run` on, and then loads its generator.
  ///
  /// - Parameter load: makes the generator. It may block: it is called on a thread of its own.
  public init(
    listen endpoint: Endpoint,
    logger: Logger,
    load: @escaping @Sendable () throws(GenerationError) -> any TextGenerator
  ) {
    self.loader = GeneratorLoader(load)
    self.logger = logger
    self.server = RPCServer(
      endpoint: endpoint,
      services: [
        GenerationService(generator: self.generator).definition,
        HealthChecks(self.health).definition,
      ],
      logger: logger
    )
  }

  /// Whether the generator is still to be loaded. When that is so after `run`, the thread that
  /// loads it goes on: only the end of the process stops it.
  public var isLoading: Bool { self.generator.isEmpty }

  /// Serves until the process gets SIGTERM or SIGINT and the running calls have ended, or this task
  /// is cancelled.
  ///
  /// - Parameters:
  ///   - onListening: called once with the address, when connections are accepted.
  ///   - onReady: called once with the address and the names of the models, when the generator is
  ///     loaded, too.
  /// - Throws: `ListenError` when the address cannot be listened on; the error of a generator that
  ///   cannot be loaded.
  public func run(
    onListening: @escaping @Sendable (Endpoint) async -> Void = { _ in },
    onReady: @escaping @Sendable (_ address: Endpoint, _ models: [String]) async -> Void
  ) async throws {
    let (listening, continuation) = AsyncStream.makeStream(of: Endpoint.self)
    let generatorService = GeneratorService(
      loader: self.loader,
      generator: self.generator,
      health: self.health,
      listening: listening,
      onReady: onReady
    )
    let serverService = ServerService(server: self.server, health: self.health) { address in
      self.logger.info("Listening; the model is loading", metadata: ["address": "\(address)"])
      await onListening(address)
      continuation.yield(address)
    }
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
