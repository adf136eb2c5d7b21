import Foundation
import Generation
import Testing

@testable import LlamaGeneration

/// What the prepared model knows, so that no change of its preparation trades quality unseen.
@Suite struct QualityTests {
  /// Written for this test: no model has learned it by heart.
  private static let text = """
    The harbour was quiet when Marta came down the hill with the letters under her arm. Most of \
    the boats had left before sunrise, and the few that remained were tied up for repairs. She \
    stopped at the bakery, where the owner was putting loaves on the shelf, and asked whether \
    the ferry had arrived. It had not. The storm during the night had damaged the engine, he \
    said, and the captain was waiting for a new part from the city. Marta sat on the bench by \
    the window and opened the first envelope. Her brother wrote that the winter had been mild, \
    that the children were learning to read, and that he hoped to visit in spring, as soon as \
    the roads were safe.
    """

  /// Measured: 27.8 in the file that the model is prepared from, 28.0 as Q8_0, 32.9 as Q4_0.
  @Test func `its perplexity is about that of the model before it was quantised`() async throws {
    let model = try LlamaModel(path: TestModel.path, gpuLayers: 0)
    let tokens = model.tokens(
      of: Array(Self.text.utf8)[...],
      addSpecial: true,
      parseSpecial: false
    )
    let generator = try TestModel.shared()
    var sum: Float = 0
    for position in 1 ..< tokens.count {
      // Probabilities are told as they are before the bias that makes the text go on like this one.
      let request = GenerationRequest(
        input: .tokens(Array(tokens[..<position])),
        sampling: SamplingOptions(temperature: 0, logitBias: [tokens[position]: 100]),
        maxTokens: 1,
        logprobs: 0
      )
      let outcome = try await Outcome(request, on: generator)
      let chosen = try #require(outcome.deltas.first?.logprobs.first?.chosen)
      #expect(chosen.tokenID == tokens[position])
      sum -= chosen.logprob
    }
    let perplexity = exp(sum / Float(tokens.count - 1))
    #expect(perplexity < 30)
  }

  @Test(arguments: [
    ("What is the capital of France?", "Paris"),
    ("Who wrote the play Romeo and Juliet?", "Shakespeare"),
    ("How many days are in a week?", "7"),
  ])
  func `it knows a few things`(question: String, answer: String) async throws {
    let outcome = try await Outcome(.question(question), on: TestModel.shared())
    #expect(outcome.text.contains(answer), "\(outcome.text)")
  }
}
