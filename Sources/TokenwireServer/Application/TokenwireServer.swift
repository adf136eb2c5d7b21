internal import AccessTokens
public import Identifiers
public import Listening
package import Logging
package import RPC
package import RequestLog
internal import ServiceLifecycle
internal import TokenwireAPI
internal import UnixSignals

/// A Tokenwire server: models, and the services that offer them to callers.
///
/// It answers from the moment it listens. As long as a model loads that is there from the start,
/// calls for its text are answered with `unavailable`; when all of those are loaded,
/// `grpc.health.v1.Health` says that the server serves.
public struct TokenwireServer: Sendable {
  private let models: ModelCatalog
  private let loading: ModelLoading
  private let health = HealthStatus()
  private let server: RPCServer
  private let tls: ServerTLS?
  private let keys: KeyRing?
  private let log: LogService?
  private let logger: Logger

  private let shutdownGracePeriod: Duration

  /// Creates a server that listens on `endpoint` from `run` on, and then loads its models.
  ///
  /// - Parameters:
  ///   - transports: what it speaks.
  ///   - tls: what connections are secured with, read again at SIGHUP; nil leaves them in the clear.
  ///   - shutdownGracePeriod: how long running calls may go on after the server was told to stop.
  ///   - logsCalls: whether `logger` gets a line for each call.
  ///   - access: who may call, and how much.
  ///   - log: where `LogRequest` stores; nil keeps no log. It is closed when the server stops.
  ///   - retention: what is removed from the log.
  ///   - pruneInterval: how often that is looked for.
  ///   - models: at least one; the first is used when a request names none. No name is there twice.
  ///   - loading: when they are in memory.
  package init(
    listen endpoint: Endpoint,
    transports: [any ServerTransport],
    tls: ServerTLS? = nil,
    access: AccessRules = AccessRules(),
    log: (any LogStore)? = nil,
    retention: Retention = Retention(),
    pruneInterval: Duration = .seconds(60),
    limits: CallLimits = CallLimits(),
    connectionLimits: ConnectionLimits = ConnectionLimits(),
    timeouts: ConnectionTimeouts = ConnectionTimeouts(),
    shutdownGracePeriod: Duration = .seconds(30),
    logsCalls: Bool = false,
    logger: Logger,
    models: [ModelSource],
    loading: ModelLoading = ModelLoading()
  ) {
    self.models = ModelCatalog(models, loading, logger: logger)
    self.loading = loading
    self.tls = tls
    self.keys = access.keys
    self.log = log.map {
      LogService(log: $0, retention: retention, pruneInterval: pruneInterval, logger: logger)
    }
    self.logger = logger
    self.shutdownGracePeriod = shutdownGracePeriod
    // Outside access control, which refuses calls: these count, too.
    var interceptors: [any ServerInterceptor] = [CallMetrics(MethodPolicy.all.keys)]
    if logsCalls { interceptors.append(AccessLog(logger: logger)) }
    interceptors.append(AccessControl(access, keepsLog: log != nil, logger: logger))
    self.server = RPCServer(
      endpoint: endpoint,
      services: [
        GenerationService(
          models: self.models,
          log: log,
          logger: logger
        ).definition,
        HealthChecks(self.health).definition,
      ],
      interceptors: interceptors,
      transports: transports,
      tls: tls,
      limits: limits,
      connectionLimits: connectionLimits,
      timeouts: timeouts,
      logger: logger
    )
  }

  /// Whether a model is being loaded. When that is so after `run`, the thread that loads it goes on:
  /// only the end of the process stops it.
  public var isLoading: Bool { self.models.isLoading }

  /// Serves until the process gets SIGTERM or SIGINT and the running calls have ended, or this task
  /// is cancelled. A second signal ends the running calls at once.
  ///
  /// - Parameters:
  ///   - onListening: called once with the address, when connections are accepted.
  ///   - onReady: called once with the address and the names of the models, when those are loaded
  ///     that are there from the start.
  /// - Throws: `ListenError` when the address cannot be listened on; the error of a model that is
  ///   there from the start and cannot be loaded.
  public func run(
    onListening: @escaping @Sendable (Endpoint) async -> Void = { _ in },
    onReady: @escaping @Sendable (_ address: Endpoint, _ models: [Identifier]) async -> Void
  ) async throws {
    let reloadService = await ReloadService(
      tls: self.tls,
      keys: self.keys,
      logger: self.logger
    )
    let (listening, continuation) = AsyncStream.makeStream(of: Endpoint.self)
    let modelService = ModelService(
      models: self.models,
      loading: self.loading,
      health: self.health,
      listening: listening,
      onReady: onReady
    )
    let serverService = ServerService(
      server: self.server,
      health: self.health,
      log: self.log?.log,
      gracePeriod: self.shutdownGracePeriod,
      logger: self.logger
    ) { address in
      self.logger.info("Listening", metadata: ["address": "\(address)"])
      await onListening(address)
      continuation.yield(address)
    }
    // Stopped in reverse: the models go on until no call needs them.
    var configuration = ServiceGroupConfiguration(
      services: (self.log.map { [.init(service: $0)] } ?? []) + [
        .init(service: reloadService),
        .init(service: MemoryService()),
        .init(service: modelService),
        .init(
          service: serverService,
          successTerminationBehavior: .gracefullyShutdownGroup,
          failureTerminationBehavior: .cancelGroup
        ),
      ],
      gracefulShutdownSignals: ServerService.stopSignals,
      logger: self.logger
    )
    // The server keeps the grace period itself; this is for a handler that does not let go.
    configuration.maximumGracefulShutdownDuration = self.shutdownGracePeriod + .seconds(10)
    try await ServiceGroup(configuration: configuration).run()
  }
}
