import AccessTokens
import GRPCTransport
import HTTPAPI
import HTTPTransport
import Listening
import Logging
import PrometheusMetrics
import RPC
import RequestLog
import TTRPC
import TokenwireServer

extension TokenwireServer {
  /// Creates the server that `configuration` describes; `run` loads its models.
  ///
  /// - Parameter metrics: what the configuration's address for metrics answers with.
  /// - Throws: an error of one sentence when a model's file is not a model, or a TLS file cannot be
  ///   used. `run` throws the errors that only loading can find.
  init(
    _ configuration: ServerConfiguration,
    metrics: PrometheusRegistry?,
    logger: Logger
  ) async throws {
    let transports = Self.transports(configuration)
    let tls = try configuration.tls.map {
      try ServerTLS(
        identity: $0.identity,
        clientCA: $0.clientCA,
        applicationProtocols: transports.flatMap(\.applicationProtocols)
      )
    }
    let (models, loading) = try configuration.generator.models(logger: logger)
    let elsewhere = try configuration.upstreams.map {
      try UpstreamDirectory(logger: logger).models($0, besides: models.map(\.id))
    }
    if configuration.access.keyFile != nil, !configuration.access.requiresExpiry {
      let flag = Settings.access.tokenRequireExpiry.flag
      logger.warning(
        """
        Tokens without an end are taken (\(flag) false): each is good until it is revoked, or its key \
        is gone
        """
      )
    }
    let access = try AccessRules(
      configuration.access,
      sharedIn: configuration.log?.place.database?.postgreSQL,
      mayBeAway: configuration.log?.outbox != nil,
      logger: logger
    )
    for notice in access.keys?.notices ?? [] { logger.notice("\(notice)") }
    self.init(
      listen: configuration.listen,
      on: configuration.socket,
      transports: transports,
      tls: tls,
      access: access,
      log: try await configuration.log?.open(logger: logger),
      retention: configuration.log?.retention ?? Retention(),
      pruneInterval: configuration.log?.pruneInterval ?? .seconds(60),
      limits: configuration.limits,
      connectionLimits: configuration.connectionLimits,
      timeouts: configuration.timeouts,
      shutdownGracePeriod: configuration.shutdownGracePeriod,
      logsCalls: configuration.logsCalls,
      logger: logger,
      models: models,
      loading: loading,
      elsewhere: elsewhere,
      metrics: Self.page(of: metrics, configuration)
    )
  }

  /// Where metrics are; nil when there are none.
  private static func page(
    of metrics: PrometheusRegistry?,
    _ configuration: ServerConfiguration
  ) -> (Endpoint, any ServerTransport)? {
    guard let metrics, let endpoint = configuration.metricsListen else { return nil }
    return (endpoint, HTTPTransport(MetricsPage.groups { metrics.text }))
  }

  /// The protocols that the server speaks.
  private static func transports(_ configuration: ServerConfiguration) -> [any ServerTransport] {
    guard let http = configuration.http else { return [TTRPCTransport()] }
    let api = HTTPAPI(allowsAnonymous: configuration.access.allowsAnonymous)
    var crossOrigin = http.crossOrigin
    crossOrigin.refusesOthers = configuration.access.allowsAnonymous
    return [
      TTRPCTransport(),
      HTTPTransport(
        (http.hasGRPC ? GRPCWeb.groups(messageSize: http.limits.contentSize) : [])
          + (http.hasRoutes ? api.groups() : []),
        limits: http.limits,
        crossOrigin: crossOrigin,
        forwardedFields: http.forwardedFields,
        streamProtocols: http.hasGRPC ? [GRPCTransport()] : []
      ),
    ]
  }
}
