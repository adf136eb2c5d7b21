import Generation
import Identifiers
import Testing
import TokenwireAPI

@testable import TokenwireServer

@Suite struct GenerateResponsesTests {
  @Test func `a recorded text that was not asked for is sent, but not waited for`() {
    var responses = GenerateResponses(generationID: "gen-1", userID: "", texts: 1)
    let usage = TokenUsage(promptTokens: 1, completionTokens: 1, cachedTokens: 0)
    let timings = GenerationTimings(queue: .zero, prompt: .zero, completion: .zero)
    let ends = [1, 0].map {
      GenerationEvent.finished(
        GenerationFinished(index: $0, reason: .stop, usage: usage, timings: timings)
      )
    }
    let delta = GenerationDelta(index: 1, text: "b", tokenIDs: [2])
    #expect(responses.response(to: .delta(delta)).completionTokens == 1)
    _ = responses.response(to: ends[0])
    #expect(!responses.isFinished)
    _ = responses.response(to: ends[1])
    #expect(responses.isFinished)
  }
}
