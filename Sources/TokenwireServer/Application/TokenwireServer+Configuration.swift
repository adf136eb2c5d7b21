internal import Generation
internal import LlamaGeneration
public import Logging

extension TokenwireServer {
  /// Creates the server that `configuration` describes; if it has a model, loads it when it runs.
  ///
  /// - Throws: an error of one sentence when there is no model in the given file. What only loading
  ///   can tell, `run` throws.
  public init(_ configuration: ServerConfiguration, logger: Logger) throws {
    switch configuration.generator {
    case .llama(let llama):
      try llama.checkModelFile()
      self.init(listen: configuration.listen, logger: logger) { () throws(GenerationError) in
        try LlamaGenerator(llama, logger: logger)
      }
    case .scripted(let text, let pace):
      self.init(
        listen: configuration.listen,
        generator: ScriptedGenerator(Script(text, repeats: true), pace: pace),
        logger: logger
      )
    }
  }
}
