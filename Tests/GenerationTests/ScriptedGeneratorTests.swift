import Generation
import Identifiers
import Testing

@Suite struct ScriptedGeneratorTests {
  @Test func `it says its text, token by token, and stops`() async throws {
    let generation = try await generate(
      Script("To be, or not"),
      GenerationRequest(input: .prompt("x"))
    )
    #expect(generation.deltas.map(\.text) == ["To", " be,", " or", " not"])
    #expect(generation.deltas.map(\.tokenIDs) == [[0], [1], [2], [3]])
    #expect(generation.finished?.reason == .stop)
    #expect(generation.finished?.usage.completionTokens == 4)
  }

  @Test(arguments: 1 ... 5)
  func `tokens may split characters, deltas do not`(bytesPerToken: Int) async throws {
    let text = "Zürich 日本 👩‍🚀!"
    let generation = try await generate(
      Script(text, bytesPerToken: bytesPerToken),
      GenerationRequest(input: .prompt("x"))
    )
    #expect(generation.text == text)
    let tokens = (text.utf8.count + bytesPerToken - 1) / bytesPerToken
    #expect(generation.deltas.flatMap(\.tokenIDs) == (0 ..< Int32(tokens)).map { $0 })
  }

  @Test func `it repeats its text up to the limit`() async throws {
    let generation = try await generate(
      Script("a b", repeats: true),
      GenerationRequest(input: .prompt("x"), maxTokens: 5)
    )
    #expect(generation.text == "a ba ba")
    #expect(generation.finished?.reason == .length)
    #expect(generation.finished?.usage.completionTokens == 5)
  }

  @Test(arguments: [(150, 3), (2, 2)])
  func `prompt and text together keep to their limit`(most: Int, generated: Int) async throws {
    let generation = try await generate(
      Script("a b", repeats: true),
      GenerationRequest(input: .prompt("one two"), maxTokens: most, maxLength: 5)
    )
    #expect(generation.finished?.reason == .length)
    #expect(generation.finished?.usage.completionTokens == generated)
  }

  @Test func `a prompt that leaves no room is refused`() async throws {
    let message =
      "the prompt has 2 tokens, which leaves no room for text in max_length, 2 tokens of both"
    await #expect(throws: GenerationError(.invalidRequest, message)) {
      try await generate(Script("a"), GenerationRequest(input: .prompt("a b"), maxLength: 2))
    }
    let reading = try await generate(
      Script("a"),
      GenerationRequest(input: .prompt("a b"), maxTokens: 0, maxLength: 2)
    )
    #expect(reading.finished?.usage.completionTokens == 0)
  }

  @Test func `a stop string ends it, though tokens split it`() async throws {
    let generation = try await generate(
      Script("one END two", bytesPerToken: 2),
      GenerationRequest(input: .prompt("x"), stop: ["END"])
    )
    #expect(generation.text == "one ")
    #expect(generation.finished?.reason == .stopSequence)
    #expect(generation.finished?.matchedStop == "END")
  }

  @Test func `it echoes the prompt and reports what it was asked`() async throws {
    let generation = try await generate(
      Script("text"),
      GenerationRequest(
        input: .prompt("three word prompt"),
        sampling: SamplingOptions(seed: 7),
        echo: true
      )
    )
    #expect(generation.text == "three word prompttext")
    #expect(generation.started?.seed == 7)
    #expect(generation.started?.promptTokens == 3)
  }

  @Test func `it goes at its pace`() async throws {
    let pace = Duration.milliseconds(5)
    let begin = ContinuousClock.now
    _ = try await generate(Script("a b c d"), GenerationRequest(input: .prompt("x")), pace: pace)
    #expect(ContinuousClock.now - begin >= pace * 3)
  }

  @Test func `an empty prompt is refused`() async throws {
    try await withGenerator(ScriptedGenerator(Script("text"))) { generator in
      let error = await #expect(throws: GenerationError.self) {
        try await generator.generate(GenerationRequest(input: .prompt("")))
      }
      #expect(error?.code == .invalidRequest)
    }
  }

  @Test func `a reader that does not read is parked, and stops nobody else`() async throws {
    try await withGenerator(ScriptedGenerator(Script("a b", repeats: true))) { generator in
      let endless = GenerationRequest(input: .prompt("x"), maxTokens: 1_000_000_000)
      let unread = try await generator.generate(endless)
      let events = try await generator.generate(
        GenerationRequest(input: .prompt("x"), maxTokens: 500)
      )
      #expect(try await Outcome(events).finished?.usage.completionTokens == 500)
      #expect(generator.activeSequences == 1)
      withExtendedLifetime(unread) {}
    }
  }

  @Test func `a sequence ends with its reader`() async throws {
    try await withGenerator(ScriptedGenerator(Script("a b", repeats: true))) { generator in
      let endless = GenerationRequest(input: .prompt("x"), maxTokens: 1_000_000_000)
      for _ in 0 ..< 3 {
        var iterator = try await generator.generate(endless).makeAsyncIterator()
        _ = try await iterator.next()
      }
      await generator.waitUntilIdle()
    }
  }

  @Test func `a generator that stops ends its streams and refuses new ones`() async throws {
    let generator = ScriptedGenerator(Script("a b", repeats: true), pace: .seconds(3600))
    let events = try await generator.generate(GenerationRequest(input: .prompt("x")))
    await withTaskGroup { group in
      group.addTask { await generator.run() }
      group.cancelAll()
    }
    let error = await #expect(throws: GenerationError.self) {
      for try await _ in events {}
    }
    #expect(error?.code == .unavailable)
    await #expect(throws: GenerationError.self) {
      try await generator.generate(GenerationRequest(input: .prompt("x")))
    }
  }

  private func generate(
    _ script: Script,
    _ request: GenerationRequest,
    pace: Duration = .zero
  ) async throws -> Outcome {
    try await withGenerator(ScriptedGenerator(script, pace: pace)) { generator in
      try await Outcome(generator.generate(request))
    }
  }

  private func withGenerator<Result: Sendable>(
    _ generator: ScriptedGenerator,
    _ body: @escaping @Sendable (ScriptedGenerator) async throws -> Result
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await generator.run() }
      defer { group.cancelAll() }
      return try await body(generator)
    }
  }
}

/// All events of a generation.
struct Outcome: Sendable {
  var started: GenerationStarted?
  var deltas: [GenerationDelta] = []
  var finished: GenerationFinished?

  var text: String { self.deltas.map(\.text).joined() }

  init(_ events: GenerationEvents) async throws {
    for try await event in events {
      switch event {
      case .started(let started): self.started = started
      case .delta(let delta): self.deltas.append(delta)
      case .finished(let finished): self.finished = finished
      case .progress, .promptLogprobs: Issue.record("nothing of the prompt was asked for")
      }
    }
  }
}
