public import Generation
public import Logging
public final class LlamaGenerator: TextGenerator {
  public let models: [ModelDescription] = []
  public init(_ configuration: LlamaConfiguration, logger: Logger) throws(GenerationError) { throw GenerationError(.unavailable, "temporary") }
  public func generate(_ request: GenerationRequest) async throws(GenerationError) -> GenerationEvents { fatalError() }
  public func countTokens(_ input: GenerationInput, model: String) async throws(GenerationError) -> Int { 0 }
  public func run() async {}
}
