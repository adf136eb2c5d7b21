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
/// It answers calls as soon as it listens. While a model that is loaded at the start is still
/// loading, calls that need it fail with `unavailable`. When all of these models are loaded,
/// `grpc.health.v1.Health` reports that the server serves.
public struct TokenwireServer: Sendable {
  private let models: ModelCatalog
  private let elsewhere: ModelsElsewhere?
  private let loading: ModelLoading
  private let health = HealthStatus()
  private let server: RPCServer
  private let tls: ServerTLS?
  private let keys: KeyRing?
  private let log: LogService?
  private let quotas: QuotaService?
  private let metrics: MetricsService?
  private let logger: Logger

  private let shutdownGracePeriod: Duration

  /// Creates a server; `run` listens on `endpoint`, and then loads the models.
  ///
  /// - Parameters:
  ///   - socket: listens on `endpoint` already, and is used in place of a new one. What connects to it
  ///     waits until the models that are loaded at the start are loaded.
  ///   - transports: the protocols that the server speaks.
  ///   - tls: the TLS files, reloaded at SIGHUP; nil disables TLS.
  ///   - shutdownGracePeriod: how long running calls may continue during the shutdown.
  ///   - logsCalls: whether `logger` gets a line for each call.
  ///   - access: who may call, and their limits.
  ///   - log: where `LogRequest` stores entries; nil disables it. It is closed when the server
  ///     stops.
  ///   - retention: which entries are removed from the log.
  ///   - pruneInterval: how often they are removed.
  ///   - models: those here, with different names; the first is the default.
  ///   - elsewhere: those of other servers, read again at SIGHUP; at least one without `models`.
  ///   - metrics: where metrics are while the server runs, and what answers there; it may ask for the
  ///     server's health. No access token, TLS, or limit of the callers' connections is for it.
  ///   - loading: when models are loaded and unloaded.
  package init(
    listen endpoint: Endpoint,
    on socket: ListeningSocket? = nil,
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
    loading: ModelLoading = ModelLoading(),
    elsewhere: ModelsElsewhere? = nil,
    metrics: (endpoint: Endpoint, page: any ServerTransport)? = nil
  ) {
    self.models = ModelCatalog(
      models,
      loading,
      elsewhere: elsewhere?.sources ?? [],
      logger: logger
    )
    self.elsewhere = elsewhere
    self.loading = loading
    self.tls = tls
    self.keys = access.keys
    self.log = log.map {
      LogService(log: $0, retention: retention, pruneInterval: pruneInterval, logger: logger)
    }
    self.logger = logger
    self.shutdownGracePeriod = shutdownGracePeriod
    // Before access control, so that refused calls count, too.
    var interceptors: [any ServerInterceptor] = [CallMetrics(MethodPolicy.all.keys)]
    if logsCalls { interceptors.append(AccessLog(logger: logger)) }
    let control = AccessControl(access, keepsLog: log != nil, logger: logger)
    interceptors.append(control)
    self.quotas = access.sharedQuotas.map {
      QuotaService(users: control.users, shared: $0, logger: logger)
    }
    let checks = HealthChecks(self.health, log: log).definition
    let services = [
      GenerationService(models: self.models, log: log, logger: logger).definition, checks,
    ]
    self.server = RPCServer(
      endpoint: endpoint,
      socket: socket,
      services: services + ReflectionService(of: services.map(\.name), self.health).definitions,
      interceptors: interceptors,
      transports: transports,
      tls: tls,
      limits: limits,
      connectionLimits: connectionLimits,
      timeouts: timeouts,
      logger: logger
    )
    self.metrics = metrics.map { metrics in
      let server = RPCServer(
        endpoint: metrics.endpoint,
        services: [checks],
        transports: [metrics.page],
        tls: nil,
        limits: CallLimits(),
        connectionLimits: ConnectionLimits(),
        timeouts: timeouts,
        logger: logger
      )
      return MetricsService(server: server, logger: logger)
    }
  }

  /// Whether a model is being loaded. If so after `run`, the loading thread continues until the
  /// process ends.
  public var isLoading: Bool { self.models.isLoading }

  /// Reads the models elsewhere again; nil without any.
  private var reloadOfModels: (@Sendable () throws -> Void)? {
    guard let elsewhere else { return nil }
    let models = self.models
    return { models.update(elsewhere: try elsewhere.reload()) }
  }

  /// Serves until the process gets SIGTERM or SIGINT and the running calls have ended, or until
  /// this task is cancelled. A second signal ends the running calls at once.
  ///
  /// - Parameters:
  ///   - end: finishes when the server is to stop, in place of the first signal; nil for the signal.
  ///   - onListening: called once with the address, when the server accepts connections.
  ///   - onReady: called once with the address and the models' names, when the models that are
  ///     loaded at the start are loaded.
  ///   - onStopping: called once when the server begins to stop.
  /// - Throws: `ListenError` when the server cannot listen on the address; the error of a model
  ///   that cannot be loaded at the start.
  public func run(
    until end: AsyncStream<Never>? = nil,
    onListening: @escaping @Sendable (Endpoint) async -> Void = { _ in },
    onStopping: @escaping @Sendable () -> Void = {},
    onReady: @escaping @Sendable (_ address: Endpoint, _ models: [Identifier]) async -> Void
  ) async throws {
    let reloadService = await ReloadService(
      tls: self.tls,
      keys: self.keys,
      models: self.reloadOfModels,
      logger: self.logger
    )
    let (listening, continuation) = AsyncStream.makeStream(of: Endpoint.self)
    let modelService = ModelService(
      models: self.models,
      loading: self.loading,
      health: self.health,
      listening: listening
    ) { address, models in
      self.server.acceptConnections()
      await onReady(address, models)
    }
    let serverService = ServerService(
      server: self.server,
      health: self.health,
      log: self.log?.log,
      gracePeriod: self.shutdownGracePeriod,
      logger: self.logger,
      onStopping: onStopping
    ) { address in
      self.logger.info("Listening", metadata: ["address": "\(address)"])
      await onListening(address)
      continuation.yield(address)
    }
    // Stopped in reverse order: the models run until no call needs them.
    var configuration = ServiceGroupConfiguration(
      services: (self.metrics.map { [.init(service: $0)] } ?? [])
        + (self.log.map { [.init(service: $0)] } ?? [])
        + (self.quotas.map { [.init(service: $0)] } ?? []) + [
          .init(service: reloadService),
          .init(service: MemoryService()),
          .init(service: modelService),
          .init(
            service: serverService,
            successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .cancelGroup
          ),
        ],
      gracefulShutdownSignals: end == nil ? ServerService.stopSignals : [],
      logger: self.logger
    )
    // The server itself keeps the grace period; this is for handlers that ignore cancellation.
    configuration.maximumGracefulShutdownDuration = self.shutdownGracePeriod + .seconds(10)
    let group = ServiceGroup(configuration: configuration)
    guard let end else { return try await group.run() }
    try await withThrowingTaskGroup { tasks in
      tasks.addTask { try await group.run() }
      tasks.addTask {
        for await _ in end {}
        await group.triggerGracefulShutdown()
        // Until the other task has ended.
        for await _ in AsyncStream<Never>.makeStream().stream {}
      }
      defer { tasks.cancelAll() }
      try await tasks.next()
    }
  }
}
