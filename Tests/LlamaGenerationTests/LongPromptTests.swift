import Generation
import LlamaGeneration
import Testing

@Suite struct LongPromptTests {
  @Test(arguments: ["bcdfghjklmnpqrstvwxz", "鰐蟹鯱鱚", " ", "\u{301}", "0"])
  func `a long prompt without words has its limit, and ends nobody else's text`(
    unit: String
  )
    async throws
  {
    let generator = try TestModel.shared()
    let other = Task {
      try await Outcome(
        GenerationRequest(input: .prompt("Once upon a time"), maxTokens: 60),
        on: generator
      )
    }
    let prompt = String(repeating: unit, count: 24_000 / unit.utf8.count)
    let request = GenerationRequest(input: .prompt(prompt), maxTokens: 5)
    do {
      let outcome = try await Outcome(request, on: generator)
      // Few tokens may be enough, such as those for many spaces.
      #expect(try #require(outcome.finished).usage.promptTokens <= 512)
    } catch let error as GenerationError {
      #expect(error.code == .contextLengthExceeded, "\(error.message)")
    }
    #expect(try await other.value.finished?.reason == .length)
  }
}
