internal import Generation
internal import LlamaGeneration
public import Logging

extension TokenwireServer {
  /// Creates the server that `configuration` describes; if it has a model, loads it, which takes a
  /// moment.
  ///
  /// - Throws: an error of one sentence when the model cannot be loaded.
  public init(_ configuration: ServerConfiguration, logger: Logger) throws {
    let generator: any TextGenerator =
      switch configuration.generator {
      case .llama(let llama): try LlamaGenerator(llama, logger: logger)
      case .scripted(let text, let pace): ScriptedGenerator(Script(text, repeats: true), pace: pace)
      }
    self.init(listen: configuration.listen, generator: generator, logger: logger)
  }
}
