import Generation
import LlamaGeneration
import Testing

/// What a text with drafts is compared with.
extension LlamaGenerator {
  /// Deterministic texts have no drafts.
  func withoutDrafts(_ request: GenerationRequest) async throws -> Outcome {
    var request = request
    request.deterministic = true
    return try await Outcome(request, on: self)
  }

  /// Expects that a greedy text and its end are what they are without drafts.
  ///
  /// A batch's other texts and its size change the order of the model's sums, and so the last
  /// digits of logits. What decides between two tokens that are equally likely may be this alone:
  /// a text may part at a token that is the likeliest one with a little more.
  func expectTheTextWithoutDrafts(
    _ request: GenerationRequest,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Outcome {
    let outcome = try await Outcome(request, on: self)
    let expected = try await self.withoutDrafts(request)
    if outcome.isSame(as: expected) { return outcome }
    let parting = zip(outcome.tokenIDs, expected.tokenIDs).prefix { $0 == $1 }.count
    let begin = outcome.tokenIDs.prefix(parting + 1)
    let token = try #require(begin.last, sourceLocation: sourceLocation)
    var likelier = request
    likelier.sampling.logitBias[token, default: 0] += 0.3
    let other = try await self.withoutDrafts(likelier)
    #expect(other.tokenIDs.starts(with: begin), sourceLocation: sourceLocation)
    return outcome
  }

  /// Expects that a text of chance is what it is without drafts, for one of six seeds: where a draw
  /// falls between two tokens, the last digits of their probabilities decide. Draws that were
  /// not those of the seed would part every text.
  func expectTheDrawsWithoutDrafts(
    _ request: GenerationRequest,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    var request = request
    var others: [String] = []
    for seed in UInt32(5) ... 10 {
      request.sampling.seed = seed
      let outcome = try await Outcome(request, on: self)
      if outcome.isSame(as: try await self.withoutDrafts(request)) { return }
      others.append(outcome.text)
    }
    Issue.record("\(others)", sourceLocation: sourceLocation)
  }
}
