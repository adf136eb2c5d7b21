import Foundation
import Generation
import Testing

@testable import LlamaGeneration

/// Texts with a draft model, which is the model itself: nearly all guesses are right.
@Suite struct GuessedTextTests {
  private let generator: LlamaGenerator

  private static let shared = Result {
    try LlamaGenerator(
      LlamaConfiguration(
        modelPath: TestModel.path,
        parallel: 4,
        contextLength: 320,
        threads: 1,
        draftModelPath: TestModel.path
      ),
      usingDraftModel: .always,
      logger: TestModel.logger
    )
  }
  private static let running = Task { await (try? Self.shared.get())?.run() }

  init() throws {
    _ = Self.running
    self.generator = try Self.shared.get()
  }

  private func request(_ prompt: String, maxTokens: Int = 32) -> GenerationRequest {
    GenerationRequest(
      input: .prompt(prompt),
      sampling: SamplingOptions(temperature: 0, ignoreEOS: true, seed: 5),
      maxTokens: maxTokens
    )
  }

  private static let prompts = [
    "The history of the city begins with a small fort on a hill above the river.",
    "My grandmother used to tell us a story about the winter of the great snow.",
    "1, 2, 3, 4, 1, 2, 3, 4, 1,",
  ]

  /// Expects that guesses are drafted and right while `body` runs, if no other test cancels them.
  private func expectGuesses(
    _ least: Int,
    _ body: () async throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = await self.generator.engine.guessCounts
    try await body()
    let after = await self.generator.engine.guessCounts
    #expect(after.accepted - before.accepted >= least, sourceLocation: sourceLocation)
    #expect(after.drafted >= after.accepted, sourceLocation: sourceLocation)
  }

  @Test(arguments: prompts)
  func `the text is the one without drafts`(prompt: String) async throws {
    try await self.expectGuesses(8) {
      let outcome = try await self.generator.expectTheTextWithoutDrafts(self.request(prompt))
      #expect(outcome.tokenIDs.count == 32)
    }
    var request = self.request(prompt)
    request.sampling.temperature = 0.7
    try await self.generator.expectTheDrawsWithoutDrafts(request)
  }

  @Test func `an answer is the one without drafts, and ends where it would`() async throws {
    try await self.expectGuesses(3) {
      let request = GenerationRequest.question("What is the capital of France?")
      let outcome = try await self.generator.expectTheTextWithoutDrafts(request)
      #expect(outcome.finished?.reason == .stop)
      #expect(outcome.text.contains("Paris"))
    }
  }

  @Test func `a constraint holds in what is guessed and forced`() async throws {
    let schema = """
      {"type": "object", "properties": {"first_name": {"type": "string", "maxLength": 12},
      "age": {"type": "integer", "maximum": 99}}, "required": ["first_name", "age"]}
      """
    var request = GenerationRequest.question("A person as JSON.", maxTokens: 60)
    request.constraint = .jsonSchema(schema)
    let outcome = try await self.generator.expectTheTextWithoutDrafts(request)
    #expect(throws: Never.self) {
      try JSONSerialization.jsonObject(with: Data(outcome.text.utf8))
    }
    request.sampling.temperature = 0.7
    try await self.generator.expectTheDrawsWithoutDrafts(request)
  }

  @Test func `penalties and biases count guessed tokens once`() async throws {
    var request = self.request(Self.prompts[0])
    request.sampling.frequencyPenalty = 0.4
    request.sampling.repeatPenalty = 1.2
    request.sampling.logitBias = [13: 0.5]
    _ = try await self.generator.expectTheTextWithoutDrafts(request)
  }

  private static func generator(_ use: Drafting.Use) throws -> LlamaGenerator {
    try LlamaGenerator(
      LlamaConfiguration(
        modelPath: TestModel.path,
        parallel: 2,
        contextLength: 128,
        threads: 1,
        draftModelPath: TestModel.path
      ),
      usingDraftModel: use,
      logger: TestModel.logger
    )
  }

  @Test func `a deterministic text has no guesses`() async throws {
    let generator = try Self.generator(.always)
    let running = Task { await generator.run() }
    _ = try await generator.withoutDrafts(self.request(Self.prompts[0], maxTokens: 8))
    #expect(await generator.engine.guessCounts.drafted == 0)
    running.cancel()
    await running.value
  }

  @Test func `the end of the engine ends a text and frees the draft model`() async throws {
    weak var engine: LlamaEngine?
    do {
      let generator = try Self.generator(.always)
      engine = generator.engine
      let running = Task { await generator.run() }
      var iterator = try await generator.generate(self.request(Self.prompts[0], maxTokens: 100))
        .makeAsyncIterator()
      for _ in 0 ..< 5 { _ = try await iterator.next() }
      running.cancel()
      await #expect(throws: GenerationError.shutDown) {
        while try await iterator.next() != nil {}
      }
      await running.value
    }
    #expect(engine == nil)
  }

  /// Whether it pays is a matter of the machine.
  @Test func `where it is tried, the text is the one without drafts`() async throws {
    let generator = try Self.generator(.whereItPays)
    let running = Task { await generator.run() }
    for prompt in Self.prompts {
      _ = try await generator.expectTheTextWithoutDrafts(self.request(prompt, maxTokens: 60))
    }
    running.cancel()
    await running.value
  }

  @Test func `texts beside each other, some cancelled, do not disturb each other`() async throws {
    let generator = self.generator
    try await self.expectGuesses(24) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, prompt) in Self.prompts.enumerated() {
          let request = self.request(prompt, maxTokens: 24 + 16 * index)
          group.addTask { _ = try await generator.expectTheTextWithoutDrafts(request) }
          group.addTask {
            let events = try await generator.generate(request)
            var iterator = events.makeAsyncIterator()
            for _ in 0 ..< 3 + index { _ = try await iterator.next() }
            events.cancel()
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `a text that begins like an earlier one is the same`() async throws {
    let sentence = "The harbour was quiet when Marta came down the hill with the letters. "
    let request = self.request(String(repeating: sentence, count: 4) + "Then she", maxTokens: 20)
    let first = try await Outcome(request, on: self.generator)
    try await self.expectGuesses(5) {
      let second = try await Outcome(request, on: self.generator)
      #expect((second.finished?.usage.cachedTokens ?? 0) > 16)
      #expect(second.tokenIDs.starts(with: first.tokenIDs.prefix(3)))
      _ = try await self.generator.expectTheTextWithoutDrafts(request)
    }
  }

  @Test func `a text goes on to the end of the context`() async throws {
    let outcome = try await Outcome(
      self.request(Self.prompts[2], maxTokens: 1000),
      on: self.generator
    )
    #expect(outcome.finished?.reason == .contextLength)
    let usage = outcome.finished?.usage
    // The last token is chosen, but not decoded.
    #expect(usage.map { $0.promptTokens + $0.completionTokens } == 321)
  }

  @Test func `a reader that stops gets the same text later`() async throws {
    let request = self.request(Self.prompts[1], maxTokens: 120)
    let whole = try await Outcome(request, on: self.generator).tokenIDs
    let unread = try await self.generator.generate(request)
    _ = try await Outcome(self.request(Self.prompts[0], maxTokens: 60), on: self.generator)
    var tokens: [Int32] = []
    for try await event in unread {
      if case .delta(let delta) = event { tokens += delta.tokenIDs }
    }
    #expect(tokens.count == whole.count)
    #expect(tokens.starts(with: whole.prefix(10)))
  }
}
