import Generation
import Identifiers
import RPC
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// A generator that knows no tokens, as one whose model is elsewhere: it has no ids, learns the length
/// of the prompt with the last event, and cannot count.
@Suite struct UncountedGeneratorTests {
  private struct UncountedGenerator: TextGenerator {
    let model = ModelDescription(
      id: "elsewhere",
      description: "",
      parameters: 0,
      sizeBytes: 0,
      contextLength: 1000
    )

    func generate(_ request: GenerationRequest) async throws(GenerationError) -> GenerationEvents {
      let buffer = EventBuffer(capacity: 8) {}
      buffer.push(
        .started(
          GenerationStarted(
            model: "elsewhere",
            seed: 0,
            promptTokens: nil,
            cachedTokens: 0,
            queueTime: .zero
          )
        )
      )
      // What was counted of it is less than what the end says.
      buffer.push(.delta(GenerationDelta(text: "one two ", tokenCount: 2)))
      buffer.push(.delta(GenerationDelta(text: "three four five")))
      buffer.push(
        .finished(
          GenerationFinished(
            reason: .stop,
            usage: TokenUsage(promptTokens: 7, completionTokens: 5, cachedTokens: 0),
            timings: GenerationTimings(queue: .zero, prompt: .zero, completion: .zero)
          )
        )
      )
      buffer.finish()
      return buffer.events()
    }

    func countTokens(
      _ input: GenerationInput,
      requester: Requester
    ) async throws(GenerationError) -> Int {
      throw GenerationError(.unsupported, "This model's tokens cannot be counted")
    }

    func run() async {
      // A sleep that is cancelled is what the protocol asks for.
      try? await Task.sleep(for: .seconds(1_000_000))
    }
  }

  private static let request = GenerateRequest(input: .prompt("go"))

  @Test func `its text comes as any other, and its usage at the end`() async throws {
    try await withService(UncountedGenerator()) { client in
      let responses = try await client.api.generate(Self.request).collect()
      #expect(responses.map(\.text).joined() == "one two three four five")
      #expect(responses.map(\.completionTokens) == [0, 2, 2, 2])
      #expect(responses.first?.started?.promptTokens == 0)
      let usage = try #require(responses.last?.finished?.usage)
      #expect(usage.promptTokens == 7)
      #expect(usage.completionTokens == 5)
    }
  }

  @Test func `all its tokens count against the caller's limit`() async throws {
    var limits = UserLimits.none
    limits.tokensPerMinute = 6
    let rules = AccessRules(anonymousLimits: limits)
    try await withEndpoint(of: UncountedGenerator(), rules: rules) { endpoint in
      try await withClient(of: endpoint) { client in
        // Five of six are used, then ten.
        for _ in 0 ..< 2 { _ = try await client.api.generate(Self.request).collect() }
        let error = await #expect(throws: CallError.self) {
          _ = try await client.api.generate(Self.request).collect()
        }
        #expect(error?.message.contains("6 tokens in a minute") == true)
      }
    }
  }

  @Test func `it says that it cannot count tokens`() async throws {
    try await withService(UncountedGenerator()) { client in
      let error = await #expect(throws: CallError.self) {
        _ = try await client.api.countTokens(CountTokensRequest(input: .prompt("go")))
      }
      #expect(error == CallError(.unimplemented, "This model's tokens cannot be counted"))
    }
  }
}
