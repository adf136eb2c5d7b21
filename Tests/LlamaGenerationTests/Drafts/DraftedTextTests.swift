import Foundation
import Generation
import Identifiers
import LlamaGeneration
import Testing

/// Texts that repeat their prompts, so that most of their tokens are drafted. Deterministic texts
/// have no drafts: they tell what the text would be without.
@Suite struct DraftedTextTests {
  private let generator: LlamaGenerator

  init() throws {
    self.generator = try TestModel.shared()
  }

  private static let sentence =
    "The harbour was quiet when Marta came down the hill with the letters under her arm. "
  private static let prompts = [
    String(repeating: Self.sentence, count: 3) + "The harbour was",
    String(repeating: Self.sentence, count: 2)
      + "The village was quiet when Marta came down the hill",
    "1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1,",
    #"{"name": "Ann", "age": 4}, {"name": "Bob", "age": 5}, {"name": "Cid", "age": 6}, {"name":"#,
  ]

  private func request(_ prompt: String, temperature: Float = 0) -> GenerationRequest {
    GenerationRequest(
      input: .prompt(prompt),
      sampling: SamplingOptions(temperature: temperature, ignoreEOS: true, seed: 5),
      maxTokens: 48
    )
  }

  @Test(arguments: prompts)
  func `the text is the one without drafts`(prompt: String) async throws {
    let outcome = try await self.generator.expectTheTextWithoutDrafts(self.request(prompt))
    #expect(outcome.finished?.reason == .length)
    #expect(outcome.tokenIDs.count == 48)
    try await self.generator.expectTheDrawsWithoutDrafts(self.request(prompt, temperature: 0.7))
  }

  @Test func `every length ends where it says, within a draft, too`() async throws {
    let whole = try await Outcome(self.request(Self.prompts[0]), on: self.generator)
    let tokens = whole.tokenIDs
    for maxTokens in 20 ..< 32 {
      var request = self.request(Self.prompts[0])
      request.maxTokens = maxTokens
      let outcome = try await Outcome(request, on: self.generator)
      #expect(outcome.tokenIDs == Array(tokens[..<maxTokens]))
      #expect(outcome.finished?.usage.completionTokens == maxTokens)
    }
  }

  @Test(arguments: ["letters", "under her", "her arm."])
  func `a stop string within a draft ends the text, and the next one is right`(
    stop: String
  ) async throws {
    let whole = try await Outcome(self.request(Self.prompts[0]), on: self.generator).text
    var request = self.request(Self.prompts[0])
    request.stop = [stop]
    let outcome = try await Outcome(request, on: self.generator)
    let range = try #require(whole.firstRange(of: stop))
    #expect(outcome.text == String(whole[..<range.lowerBound]))
    #expect(outcome.finished?.matchedStop == stop)
    // It begins with what that text left in its slot.
    request.stop = []
    #expect(try await Outcome(request, on: self.generator).text == whole)
  }

  @Test func `a text that repeats itself to the end of the context ends there`() async throws {
    var request = self.request(Self.prompts[2])
    request.maxTokens = 1000
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.finished?.reason == .contextLength)
    let usage = outcome.finished?.usage
    // The last token is chosen, but not decoded.
    #expect(usage.map { $0.promptTokens + $0.completionTokens } == 513)
  }

  @Test func `a constraint holds within a draft`() async throws {
    var request = self.request(Self.prompts[2])
    request.constraint = .grammar(#"root ::= (" 2, 3, 4, 1,"){3} " 7, 8" [0-9]"#)
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.text.wholeMatch(of: /( 2, 3, 4, 1,){3} 7, 8[0-9]/) != nil, "\(outcome.text)")
    #expect(outcome.finished?.isIncomplete == false)
  }

  private static let constraints: [Constraint] = [
    .jsonSchema(
      """
      {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "object", "properties": {
      "first_name": {"type": "string", "maxLength": 12}, "age": {"type": "integer", "maximum": 99},
      "home_town": {"enum": ["Oslo", "Örebro", "東京"]}},
      "required": ["first_name", "age", "home_town"]}}
      """
    ),
    .grammar(
      #"""
      root ::= ("The answer is number " [0-9]+ ", which is " ("true" | "a great pity") ". "){1,4} "End 日本."
      """#
    ),
  ]

  /// What is forced is drafted; what the model makes of it, and where its text ends, is the same.
  @Test(arguments: constraints)
  func `a text with a constraint is the one without drafts`(constraint: Constraint) async throws {
    var request = GenerationRequest.question("Some people as JSON.", maxTokens: 90)
    request.constraint = constraint
    _ = try await self.generator.expectTheTextWithoutDrafts(request)
    request.sampling.temperature = 0.7
    try await self.generator.expectTheDrawsWithoutDrafts(request)
  }

  @Test func `a call that is forced is the one without drafts`() async throws {
    let tool = Tool(
      name: "get_weather_forecast",
      description: "The weather.",
      parameters: """
        {"type": "object", "properties": {"city_name": {"type": "string", "maxLength": 12},
        "number_of_days": {"type": "integer", "maximum": 7}}, "required": ["city_name", "number_of_days"]}
        """
    )
    let request = GenerationRequest(
      input: .conversation(
        Conversation(
          [ChatMessage(role: .user, content: "What is the weather in Rome?")],
          tools: [tool],
          toolChoice: .required
        )
      ),
      sampling: SamplingOptions(temperature: 0),
      maxTokens: 80
    )
    let outcome = try await self.generator.expectTheTextWithoutDrafts(request)
    #expect(!outcome.arguments.isEmpty)
  }

  @Test func `penalties and biases count tokens once, within a draft, too`() async throws {
    var request = GenerationRequest.question("Some people as JSON.", maxTokens: 60)
    request.sampling = SamplingOptions(
      temperature: 0,
      repeatPenalty: 1.2,
      presencePenalty: 0.3,
      frequencyPenalty: 0.4,
      minTokens: 40
    )
    for constraint in Self.constraints {
      request.constraint = constraint
      _ = try await self.generator.expectTheTextWithoutDrafts(request)
    }
    request = self.request(Self.prompts[1])
    request.sampling.frequencyPenalty = 0.2
    request.sampling.logitBias = [13: 0.5]
    _ = try await self.generator.expectTheTextWithoutDrafts(request)
  }

  @Test(arguments: ["t_na", ", which", "pity. "])
  func `a stop string within what is forced ends the text there`(stop: String) async throws {
    for constraint in Self.constraints {
      var request = GenerationRequest.question("Some people as JSON.", maxTokens: 50)
      request.constraint = constraint
      request.stop = [stop]
      _ = try await self.generator.expectTheTextWithoutDrafts(request)
    }
  }

  @Test(arguments: 1 ... 14)
  func `a text whose rest is forced ends where its limit says`(maxTokens: Int) async throws {
    var request = GenerationRequest.question("Some people as JSON.", maxTokens: maxTokens)
    request.constraint = Self.constraints[1]
    let outcome = try await self.generator.expectTheTextWithoutDrafts(request)
    #expect(outcome.finished?.usage.completionTokens == maxTokens)
    #expect(outcome.finished?.reason == .length)
  }

  @Test func `probabilities within a draft are those of their tokens`() async throws {
    var request = self.request(Self.prompts[0])
    request.logprobs = 0
    let outcome = try await self.generator.expectTheTextWithoutDrafts(request)
    let logprobs = outcome.deltas.flatMap(\.logprobs)
    let expected = try await self.generator.withoutDrafts(request).deltas.flatMap(\.logprobs)
    #expect(logprobs.count == expected.count)
    for (one, other) in zip(logprobs, expected).prefix(while: {
      $0.chosen.tokenID == $1.chosen.tokenID
    }) {
      #expect(abs(one.chosen.logprob - other.chosen.logprob) < 0.2)
    }
  }

  @Test func `texts with drafts and others, some cancelled, do not disturb each other`()
    async throws
  {
    let generator = self.generator
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, prompt) in Self.prompts.enumerated() {
        let request = self.request(prompt)
        group.addTask { _ = try await generator.expectTheTextWithoutDrafts(request) }
        group.addTask {
          let events = try await generator.generate(request)
          var iterator = events.makeAsyncIterator()
          for _ in 0 ..< 10 + index { _ = try await iterator.next() }
          events.cancel()
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `a reader that stops within a draft gets the same text later`() async throws {
    let request = self.request(Self.prompts[0])
    let whole = try await Outcome(request, on: self.generator).text
    let unread = try await self.generator.generate(request)
    _ = try await Outcome(.question("Tell me a story.", maxTokens: 60), on: self.generator)
    var text = ""
    for try await event in unread {
      if case .delta(let delta) = event { text += delta.text }
    }
    #expect(text == whole)
  }
}
