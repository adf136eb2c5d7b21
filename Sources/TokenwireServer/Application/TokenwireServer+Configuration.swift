internal import AccessTokens
internal import Generation
internal import Identifiers
internal import Listening
internal import LlamaGeneration
public import Logging
internal import RequestLog
internal import SQLiteRequestLog
internal import TTRPC

extension TokenwireServer {
  /// Creates the server that `configuration` describes; loads its models when it runs.
  ///
  /// - Throws: an error of one sentence when there is no model in a given file, or a file of TLS
  ///   cannot be used. What only loading can tell, `run` throws.
  public init(_ configuration: ServerConfiguration, logger: Logger) async throws {
    let tls = try configuration.tls.map {
      try ServerTLS(identity: $0.identity, clientCA: $0.clientCA)
    }
    switch configuration.generator {
    case .llama(let models, let loading):
      for model in models { try model.checkModelFile() }
      let sources = models.map { model in
        ModelSource(model.modelID) { () throws(GenerationError) in
          try LlamaGenerator(model, logger: logger)
        }
      }
      try await self.init(configuration, tls: tls, logger: logger, sources, loading)
    case .scripted(let text, let pace):
      let source = ModelSource("scripted") {
        ScriptedGenerator(Script(text, repeats: true), pace: pace)
      }
      try await self.init(configuration, tls: tls, logger: logger, [source], ModelLoading())
    case .recording(let path):
      let texts = try RecordedTexts(path: path)
      let sources = texts.models.map { id in
        ModelSource(id) { RecordedGenerator(texts, model: id) }
      }
      try await self.init(configuration, tls: tls, logger: logger, sources, ModelLoading())
    }
  }

  private init(
    _ configuration: ServerConfiguration,
    tls: ServerTLS?,
    logger: Logger,
    _ models: [ModelSource],
    _ loading: ModelLoading
  ) async throws {
    if configuration.access.keyFile != nil, !configuration.access.requiresExpiry {
      logger.warning(
        """
        Tokens without an end are taken (\(Setting.tokenRequireExpiry.flag) false): each is good \
        until it is revoked, or its key is gone
        """
      )
    }
    let access = try AccessRules(configuration.access)
    for notice in access.keys?.notices ?? [] { logger.notice("\(notice)") }
    self.init(
      listen: configuration.listen,
      tls: tls,
      access: access,
      log: try await SQLiteLogStore.open(configuration.log, logger: logger),
      retention: configuration.log?.retention ?? Retention(),
      pruneInterval: configuration.log?.pruneInterval ?? .seconds(60),
      limits: configuration.limits,
      connectionLimits: configuration.connectionLimits,
      timeouts: configuration.timeouts,
      shutdownGracePeriod: configuration.shutdownGracePeriod,
      logger: logger,
      models: models,
      loading: loading
    )
  }
}
