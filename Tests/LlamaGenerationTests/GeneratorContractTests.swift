import Generation
import TestGenerators
import Testing

/// The generator of language models keeps to what all generators promise.
@Suite struct GeneratorContractTests {
  @Test func `a language model does`() async throws {
    let request = GenerationRequest(
      input: .prompt("Once upon a time, in a small village"),
      sampling: SamplingOptions(temperature: 0, ignoreEOS: true),
      maxTokens: 12,
      deterministic: true
    )
    try await GeneratorContract(of: request) { try TestModel.shared() }
      .check(running: TestModel.shared())
  }
}
