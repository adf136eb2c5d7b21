import Generation
import Identifiers
import Testing

@Suite struct RecordedGeneratorTests {
  /// Runs a generator with two answers to one input, for as long as `body` runs.
  private static func with(
    _ body: @escaping @Sendable (RecordedGenerator) async throws -> Void
  ) async throws {
    let generator = Self.generator
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await generator.run() }
      defer { group.cancelAll() }
      try await body(generator)
    }
  }

  private static let request = GenerationRequest(input: .prompt("Say something"))

  private static var generator: RecordedGenerator {
    let texts = ["one", "two"].map { text in
      RecordedTexts.Text(events: [
        .init(
          time: .zero,
          event: .started(
            GenerationStarted(
              model: "m",
              seed: 7,
              promptTokens: 2,
              cachedTokens: 0,
              queueTime: .zero
            )
          )
        ),
        .init(time: .milliseconds(20), event: .delta(GenerationDelta(text: text))),
      ])
    }
    return RecordedGenerator(
      RecordedTexts(models: ["m"], byInput: [Self.request.input: texts]),
      model: "m"
    )
  }

  @Test func `each request gets the next answer, and after the last the first`() async throws {
    try await Self.with { generator in
      #expect(generator.model.id == "m")
      for expected in ["one", "two", "one"] {
        var text = ""
        for try await event in try await generator.generate(Self.request) {
          if case .delta(let delta) = event { text += delta.text }
        }
        #expect(text == expected)
      }
      #expect(try await generator.countTokens(Self.request.input) == 2)
    }
  }

  @Test func `without tokens to generate, no text is played`() async throws {
    try await Self.with { generator in
      var request = Self.request
      request.maxTokens = 0
      request.n = 2
      var events: [GenerationEvent] = []
      for try await event in try await generator.generate(request) { events.append(event) }
      #expect(events.count == 3)
      for (index, event) in events.dropFirst().enumerated() {
        guard case .finished(let finished) = event else {
          Issue.record("\(event)")
          continue
        }
        #expect(finished.index == index)
        #expect(finished.reason == .length)
        #expect(finished.usage == TokenUsage(promptTokens: 2, completionTokens: 0, cachedTokens: 0))
      }
    }
  }

  @Test func `events do not come before their times`() async throws {
    try await Self.with { generator in
      let start = ContinuousClock.now
      for try await _ in try await generator.generate(Self.request) {}
      #expect(.now - start >= .milliseconds(20))
    }
  }

  @Test func `an input without an answer is refused with those that have one`() async throws {
    try await Self.with { generator in
      let error = await #expect(throws: GenerationError.self) {
        _ = try await generator.generate(GenerationRequest(input: .prompt("Say more")))
      }
      #expect(error?.code == .invalidRequest)
      #expect(
        error?.message
          == "The recording has no answer to this input; it has answers to \"Say something\""
      )
      await #expect(throws: GenerationError.self) {
        _ = try await generator.countTokens(.prompt("two"))
      }
    }
  }

  @Test func `streams end when the generator stops`() async throws {
    let generator = Self.generator
    let waiting = try await generator.generate(Self.request)
    let run = Task { await generator.run() }
    run.cancel()
    await run.value
    await #expect(throws: GenerationError.self) { for try await _ in waiting {} }
    let error = await #expect(throws: GenerationError.self) {
      _ = try await generator.generate(Self.request)
    }
    #expect(error?.code == .unavailable)
  }
}
