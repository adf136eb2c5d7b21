import Foundation
import Generation
import Identifiers
import LlamaGeneration
import Testing

@Suite struct SeveralTextsTests {
  @Test func `several texts share the computation of their prompt, and end one by one`()
    async throws
  {
    let outcomes = try await self.outcomes(n: 3, deterministic: false)
    #expect(outcomes.compactMap(\.started).count == 1)
    let promptTokens = try #require(outcomes[0].started?.promptTokens)
    for (index, outcome) in outcomes.enumerated() {
      #expect(outcome.finished?.index == index)
      #expect(
        outcome.finished?.usage.completionTokens == outcome.deltas.flatMap(\.tokenIDs).count
      )
      // Beside texts of others a prompt is computed in parts of 16 tokens or more: the first is shared.
      let shared = index == 0 ? 0 ... 0 : min(16, promptTokens - 1) ... promptTokens - 1
      #expect(shared.contains(outcome.finished?.usage.cachedTokens ?? -1))
    }
    #expect(Set(outcomes.map(\.text)).count > 1)
  }

  @Test func `each text is that of its own seed`() async throws {
    let together = try await self.outcomes(n: 2, deterministic: true)
    let second = try await self.outcomes(n: 1, seed: 8, deterministic: true)
    #expect(together[1].text == second[0].text)
    #expect(together[0].text != second[0].text)
  }

  /// One for each text, by its index.
  private func outcomes(n: Int, seed: UInt32 = 7, deterministic: Bool) async throws -> [Outcome] {
    let request = GenerationRequest(
      input: .prompt(
        "The old man looked at the sea, and then he said to the boy who was with him:"
      ),
      sampling: SamplingOptions(temperature: 1.5, seed: seed),
      maxTokens: 10,
      requester: .user("\(UUID())"),
      n: n,
      deterministic: deterministic
    )
    var outcomes = Array(repeating: Outcome(), count: n)
    for try await event in try await TestModel.shared().generate(request) {
      switch event {
      case .started(let started): outcomes[0].started = started
      case .delta(let delta): outcomes[delta.index].deltas.append(delta)
      case .finished(let finished): outcomes[finished.index].finished = finished
      case .progress, .promptLogprobs: Issue.record("nothing of the prompt was asked for")
      }
    }
    return outcomes
  }
}
