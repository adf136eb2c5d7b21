import Generation
import LlamaGeneration
import Testing

@Suite struct DeterminismTests {
  @Test(arguments: [0, 0.8] as [Float])
  func `a deterministic text is the same alone and beside seven others`(
    temperature: Float
  ) async throws {
    let generator = try TestModel.shared()
    // Longer than one portion.
    let prompt = String(repeating: "The sea was calm that day, and the boats came home. ", count: 8)
    let request = GenerationRequest(
      input: .prompt(prompt),
      sampling: SamplingOptions(temperature: temperature, seed: 11),
      maxTokens: 32,
      logprobs: 0,
      deterministic: true
    )
    let alone = try await Outcome(request, on: generator)
    let others = try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0 ..< 7 {
        group.addTask {
          var other = request
          // Some begin alike, and are computed together.
          other.input = .prompt(number < 3 ? prompt + "\(number)" : "Number \(number) is")
          other.deterministic = number == 6
          other.sampling.seed = UInt32(number)
          _ = try await Outcome(other, on: generator)
        }
      }
      let beside = try await Outcome(request, on: generator)
      try await group.waitForAll()
      return beside
    }
    // Probabilities to the last bit, not only the tokens that they lead to.
    #expect(others.deltas == alone.deltas)
    #expect(others.text == alone.text)
    #expect(others.started?.cachedTokens == 0)
  }
}
