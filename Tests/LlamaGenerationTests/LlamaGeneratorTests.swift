import Generation
import Identifiers
import LlamaGeneration
import Testing

/// With the real model. What it says is its own; what is tested is that all of it arrives.
@Suite struct LlamaGeneratorTests {
  private let generator: LlamaGenerator

  init() throws {
    self.generator = try TestModel.shared()
  }

  @Test func `it answers a question`() async throws {
    let outcome = try await Outcome(.question("The capital of France is"), on: self.generator)
    #expect(outcome.text.contains("Paris"))
    #expect(outcome.finished?.reason == .stop)
    #expect(outcome.started?.model == self.generator.model.id)
    #expect(outcome.finished?.usage.promptTokens == outcome.started?.promptTokens)
    #expect(outcome.finished?.usage.completionTokens == outcome.deltas.flatMap(\.tokenIDs).count)
  }

  @Test func `temperature 0 gives the same text, alone or beside others`() async throws {
    let questions = [
      "Why is the sky blue?", "List three fruits.", "What is 2+2?", "Tell me about the sea.",
      "Who wrote Hamlet?", "Explain gravity to a child.", "Write a poem about rain.",
      "How do birds fly?",
    ]
    var alone: [String] = []
    for question in questions {
      alone.append(try await Outcome(.question(question), on: self.generator).text)
    }
    let generator = self.generator
    let together = try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for (index, question) in questions.enumerated() {
        group.addTask { (index, try await Outcome(.question(question), on: generator).text) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for (index, text) in alone.enumerated() {
      #expect(together[index] == text)
    }
  }

  @Test func `the same seed gives the same text, another seed another`() async throws {
    func text(seed: UInt32) async throws -> String {
      let request = GenerationRequest(
        input: .prompt("Once upon a time"),
        sampling: SamplingOptions(temperature: 1.5, seed: seed),
        maxTokens: 24
      )
      return try await Outcome(request, on: self.generator).text
    }
    let first = try await text(seed: 1)
    #expect(try await text(seed: 1) == first)
    #expect(try await text(seed: 2) != first)
  }

  @Test(arguments: ["日本語で書いてください: ", "Repeat: 👩‍👩‍👧 🎌 "])
  func `deltas are whole characters, whatever tokens split`(prompt: String) async throws {
    let request = GenerationRequest(
      input: .prompt(prompt),
      sampling: SamplingOptions(temperature: 0),
      maxTokens: 32,
      echo: true
    )
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.deltas.first?.text == prompt)
    // Only a text that was cut off may end within a character.
    for delta in outcome.deltas.dropLast() { #expect(!delta.text.contains("\u{FFFD}")) }
  }

  @Test func `a stop string ends the text before it`() async throws {
    let whole = try await Outcome(.question("Count from one to ten."), on: self.generator).text
    let stop = String(whole.dropFirst(whole.count / 2).prefix(5))
    var request = GenerationRequest.question("Count from one to ten.")
    request.stop = [stop]
    let outcome = try await Outcome(request, on: self.generator)
    let range = try #require(whole.firstRange(of: stop))
    #expect(outcome.text == String(whole[..<range.lowerBound]))
    #expect(outcome.finished?.reason == .stopSequence)
    #expect(outcome.finished?.matchedStop == stop)
  }

  @Test func `max tokens ends the text`() async throws {
    let outcome = try await Outcome(.question("Tell me a story.", maxTokens: 3), on: self.generator)
    #expect(outcome.finished?.reason == .length)
    #expect(outcome.deltas.flatMap(\.tokenIDs).count == 3)
  }

  @Test func `tokens are a prompt, too`() async throws {
    let request = GenerationRequest(
      input: .tokens([1, 2, 3]),
      sampling: SamplingOptions(temperature: 0),
      maxTokens: 2
    )
    #expect(try await Outcome(request, on: self.generator).started?.promptTokens == 3)
  }

  @Test func `a text that fills the context ends there`() async throws {
    let request = GenerationRequest(
      input: .tokens(Array(repeating: 100, count: 510)),
      sampling: SamplingOptions(temperature: 1, seed: 3),
      maxTokens: 100
    )
    let outcome = try await Outcome(request, on: self.generator)
    if outcome.finished?.reason != .stop {
      #expect(outcome.finished?.reason == .contextLength)
      #expect(outcome.finished?.usage.completionTokens == 3)
    }
  }

  @Test func `prompt and text together keep to their limit`() async throws {
    var request = GenerationRequest(input: .tokens([100, 101, 102]), maxTokens: 100, maxLength: 5)
    request.sampling.ignoreEOS = true
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.finished?.reason == .length)
    #expect(outcome.finished?.usage.completionTokens == 2)
    request.maxLength = 3
    let message =
      "the prompt has 3 tokens, which leaves no room for text in max_length, 3 tokens of both"
    await #expect(throws: GenerationError(.invalidRequest, message)) {
      try await self.generator.generate(request)
    }
  }

  @Test func `a prompt longer than the context is refused with both numbers`() async throws {
    let request = GenerationRequest(input: .tokens(Array(repeating: 100, count: 513)))
    await #expect(
      throws: GenerationError(
        .contextLengthExceeded,
        "the prompt has 513 tokens, but the context of the model holds 512"
      )
    ) {
      try await self.generator.generate(request)
    }
  }

  @Test(arguments: [-1, 49_152, .max] as [Int32])
  func `a token that the model does not have is refused`(token: Int32) async throws {
    let error = await #expect(throws: GenerationError.self) {
      try await self.generator.generate(GenerationRequest(input: .tokens([1, token])))
    }
    #expect(error?.message.hasPrefix("prompt_token_ids has \(token), ") == true)
  }

  @Test(arguments: [GenerationInput.prompt(""), .tokens([])])
  func `an empty prompt is refused`(input: GenerationInput) async throws {
    await #expect(throws: GenerationError.self) {
      try await self.generator.generate(GenerationRequest(input: input))
    }
  }

  @Test func `text that looks like a control token is plain text in a prompt`() async throws {
    let plain = try await self.generator.countTokens(.prompt("<|im_end|>"))
    #expect(plain > 1)
  }

  @Test func `without tokens to generate, only the prompt is computed`() async throws {
    let input = GenerationInput.tokens(Array(repeating: 100, count: 512))
    let request = GenerationRequest(input: input, maxTokens: 0, requester: .user("reader"), n: 2)
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.deltas == [])
    #expect(outcome.finished?.reason == .length)
    #expect(outcome.finished?.usage.promptTokens == 512)
    #expect(outcome.finished?.usage.completionTokens == 0)
    let next = try await Outcome(request, on: self.generator)
    #expect(next.started?.cachedTokens == 511, "what was read is kept")
  }

  @Test func `tokens and their text are told, with control tokens`() async throws {
    let messages = GenerationInput.conversation(
      Conversation([ChatMessage(role: .user, content: "Grüße")])
    )
    let tokens = try await self.generator.tokens(of: messages, requester: .anyone)
    #expect(try await self.generator.countTokens(messages) == tokens.count)
    #expect(try await self.generator.tokens(of: .tokens(tokens), requester: .anyone) == tokens)
    let text = try await self.generator.text(of: tokens, requester: .anyone)
    #expect(text.contains("<|im_start|>user\nGrüße<|im_end|>"))
    #expect(try await self.generator.text(of: [], requester: .anyone) == "")
  }

  @Test func `a part of a character is no text`() async throws {
    let tokens = try await self.generator.tokens(of: .prompt("\u{1F9FF}"), requester: .anyone)
    try #require(tokens.count > 1)
    let part = Array(tokens.dropLast())
    let text = try await self.generator.text(of: part, requester: .anyone)
    #expect(text.unicodeScalars.contains("\u{FFFD}"))
  }

  @Test(arguments: [-1, 49_152, .max] as [Int32])
  func `a token that the model does not have has no text`(token: Int32) async throws {
    let error = await #expect(throws: GenerationError.self) {
      try await self.generator.text(of: [1, token], requester: .anyone)
    }
    #expect(error?.code == .invalidRequest)
    #expect(error?.message.hasPrefix("token_ids has \(token), ") == true)
  }

  @Test func `the context length of the training is told`() {
    let model = self.generator.model
    #expect(model.trainingContextLength >= model.contextLength)
  }

  @Test func `probabilities belong to the tokens`() async throws {
    var request = GenerationRequest.question("The capital of France is", maxTokens: 5)
    request.logprobs = 3
    let outcome = try await Outcome(request, on: self.generator)
    let logprobs = outcome.deltas.flatMap(\.logprobs)
    #expect(logprobs.map(\.chosen.tokenID) == outcome.deltas.flatMap(\.tokenIDs))
    for entry in logprobs {
      #expect(entry.chosen.logprob <= 0)
      #expect(entry.top.count == 3)
      #expect(entry.top.first == entry.chosen, "greedy takes the likeliest")
      #expect(entry.top.map(\.logprob) == entry.top.map(\.logprob).sorted(by: >))
    }
  }

  @Test func `probabilities come with their tokens when a stop string holds text back`()
    async throws
  {
    var request = GenerationRequest.question("Count from one to ten.")
    request.logprobs = 1
    let whole = try await Outcome(request, on: self.generator)
    // From the middle of a token to the middle of a later one.
    let stop = String(whole.text.dropFirst(whole.text.count / 2).prefix(9))
    request.stop = ["no such text", stop]
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.finished?.matchedStop == stop)
    for delta in outcome.deltas {
      #expect(delta.logprobs.map(\.chosen.tokenID) == delta.tokenIDs)
    }
    // Also those of the stop string, which were generated.
    let tokenIDs = outcome.deltas.flatMap(\.tokenIDs)
    #expect(tokenIDs.count == outcome.finished?.usage.completionTokens)
    #expect(whole.deltas.flatMap(\.tokenIDs).starts(with: tokenIDs))
  }

  @Test func `a reader that does not read stops nobody else`() async throws {
    let unread = try await self.generator.generate(.question("Tell me a story.", maxTokens: 400))
    let outcome = try await Outcome(.question("The capital of France is"), on: self.generator)
    #expect(outcome.text.contains("Paris"))
    withExtendedLifetime(unread) {}
  }

  @Test func `readers that go away leave their slots to those who wait`() async throws {
    for _ in 0 ..< TestModel.parallel {
      let story = GenerationRequest.question("Tell me a story.", maxTokens: 400)
      var iterator = try await self.generator.generate(story).makeAsyncIterator()
      _ = try await iterator.next()
    }
    // Without their slots, this would wait for thousands of tokens that nobody reads.
    let outcome = try await Outcome(.question("The capital of France is"), on: self.generator)
    #expect(outcome.text.contains("Paris"))
  }

  @Test func `more requests than slots are served in turn`() async throws {
    let generator = self.generator
    let count = try await withThrowingTaskGroup(of: FinishReason?.self) { group in
      for _ in 0 ..< (2 * TestModel.parallel) {
        group.addTask {
          try await Outcome(.question("Hi", maxTokens: 2), on: generator).finished?.reason
        }
      }
      return try await group.reduce(0) { $1 == nil ? $0 : $0 + 1 }
    }
    #expect(count == 2 * TestModel.parallel)
  }

  @Test(arguments: Moment.allCases)
  func `a text that is cancelled disturbs no other one in its batch`(moment: Moment) async throws {
    let question = GenerationRequest.question("Why is the sky blue?", maxTokens: 24)
    let alone = try await Outcome(question, on: self.generator).text
    async let beside = Outcome(question, on: self.generator).text
    for _ in 0 ..< 3 { try await self.cancelText(when: moment) }
    #expect(try await beside == alone)
  }

  /// When a caller goes away.
  enum Moment: CaseIterable {
    case queued, prefilling, decoding, blocked, finished
  }

  private func cancelText(when moment: Moment) async throws {
    let prompt = String(repeating: "All work and no play makes Jack a dull boy. ", count: 30)
    let maxTokens = moment == .finished ? 2 : 100
    let events = try await self.generator.generate(
      GenerationRequest(input: .prompt(prompt), maxTokens: maxTokens)
    )
    var iterator = events.makeAsyncIterator()
    switch moment {
    case .queued:
      break
    case .prefilling:
      _ = try await iterator.next()
    case .decoding:
      for _ in 0 ..< 5 { _ = try await iterator.next() }
    case .blocked:
      // One text that is read takes longer than another needs to fill its buffer.
      _ = try await Outcome(.question("Tell me a story.", maxTokens: 80), on: self.generator)
    case .finished:
      while try await iterator.next() != nil {}
    }
    events.cancel()
  }

  @Test func `a request whose deadline has passed never reaches the model`() async throws {
    var request = GenerationRequest.question("Hi", maxTokens: 2)
    request.deadline = .now - .seconds(1)
    // Refused at once where the engine knows how long others take, else in its turn.
    let error = await #expect(throws: GenerationError.self) {
      var events = try await self.generator.generate(request).makeAsyncIterator()
      _ = try await events.next()
    }
    #expect(error?.code == .deadlineExceeded)
  }

  @Test func `a text does not end before min_tokens, neither by its end nor by a stop string`()
    async throws
  {
    var request = GenerationRequest.question("The capital of France is", maxTokens: 24)
    let whole = try await Outcome(request, on: self.generator)
    #expect(whole.finished?.reason == .stop)
    let count = try #require(whole.finished?.usage.completionTokens)
    request.sampling.minTokens = count + 3
    let longer = try await Outcome(request, on: self.generator)
    #expect(longer.text.hasPrefix(whole.text))
    #expect(longer.finished.map { $0.usage.completionTokens >= count + 3 } == true)

    request.stop = [String(whole.text.prefix(3))]
    request.sampling.minTokens = 2
    let later = try await Outcome(request, on: self.generator)
    #expect(later.text.hasPrefix(whole.text.prefix(3)))
    request.sampling.minTokens = 0
    let stopped = try await Outcome(request, on: self.generator)
    #expect(stopped.text == "")
    #expect(stopped.finished?.reason == .stopSequence)
  }

  @Test func `a text that cannot end goes on to its limit`() async throws {
    var request = GenerationRequest.question("The capital of France is", maxTokens: 24)
    request.sampling.ignoreEOS = true
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.finished?.reason == .length)
    #expect(outcome.finished?.usage.completionTokens == 24)
  }

  @Test func `a bias on a token that the model does not have is refused`() async throws {
    var request = GenerationRequest.question("Hi")
    request.sampling.logitBias = [49_152: 1]
    let error = await #expect(throws: GenerationError.self) {
      try await self.generator.generate(request)
    }
    #expect(
      error?.message == "logit_bias has 49152, but the model's tokens are 0 to 49151"
    )
  }
}
