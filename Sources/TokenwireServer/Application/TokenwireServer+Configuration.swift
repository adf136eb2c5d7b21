internal import FrameRPC
internal import Generation
internal import LlamaGeneration
public import Logging
internal import RequestLog

extension TokenwireServer {
  /// Creates the server that `configuration` describes; if it has a model, loads it when it runs.
  ///
  /// - Throws: an error of one sentence when there is no model in the given file, or a file of TLS
  ///   cannot be used. What only loading can tell, `run` throws.
  public init(_ configuration: ServerConfiguration, logger: Logger) async throws {
    let tls = try configuration.tls.map {
      try ServerTLS(identity: $0.identity, clientCA: $0.clientCA)
    }
    switch configuration.generator {
    case .llama(let llama):
      try llama.checkModelFile()
      try await self.init(configuration, tls: tls, logger: logger) { () throws(GenerationError) in
        try LlamaGenerator(llama, logger: logger)
      }
    case .scripted(let text, let pace):
      try await self.init(configuration, tls: tls, logger: logger) {
        ScriptedGenerator(Script(text, repeats: true), pace: pace)
      }
    }
  }

  private init(
    _ configuration: ServerConfiguration,
    tls: ServerTLS?,
    logger: Logger,
    load: @escaping @Sendable () throws(GenerationError) -> any TextGenerator
  ) async throws {
    self.init(
      listen: configuration.listen,
      tls: tls,
      access: try AccessRules(configuration.access),
      log: try await RequestLog.open(configuration.log, logger: logger),
      retention: configuration.log?.retention ?? Retention(),
      pruneInterval: configuration.log?.pruneInterval ?? .seconds(60),
      limits: configuration.limits,
      timeouts: configuration.timeouts,
      shutdownGracePeriod: configuration.shutdownGracePeriod,
      logger: logger,
      load: load
    )
  }
}
