import Generation
import Identifiers
import TestGenerators
import Testing

/// The scripted generator and the recorded one keep to what all generators promise.
@Suite struct GeneratorContractTests {
  private static let request = GenerationRequest(input: .prompt("go"), maxTokens: 12)

  @Test func `the scripted generator does`() async throws {
    try await GeneratorContract(of: Self.request) {
      ScriptedGenerator(Script("The quick brown fox jumps over it. ", repeats: true))
    }.check()
  }

  @Test func `the recorded generator does`() async throws {
    var events: [GenerationEvent] = [
      .started(
        GenerationStarted(model: "m", seed: 7, promptTokens: 2, cachedTokens: 0, queueTime: .zero)
      )
    ]
    for number in 0 ..< 12 {
      events.append(.delta(GenerationDelta(text: "\(number) ", tokenIDs: [Int32(number)])))
    }
    events.append(
      .finished(
        GenerationFinished(
          reason: .length,
          usage: TokenUsage(promptTokens: 2, completionTokens: 12, cachedTokens: 0),
          timings: GenerationTimings(queue: .zero, prompt: .zero, completion: .zero)
        )
      )
    )
    let text = RecordedTexts.Text(events: events.map { .init(time: .zero, event: $0) })
    let texts = RecordedTexts(models: ["m"], byInput: [Self.request.input: [text]])
    try await GeneratorContract(of: Self.request, obeysOptions: false) {
      RecordedGenerator(texts, model: "m")
    }.check()
  }
}
