import RPC
import TokenwireAPI
import TokenwireClient

/// What honest clients do with a model, of which nobody knows what it will say.
enum ModelHabits {
  static func countTokens(_ client: TokenwireClient, _ ledger: Ledger) async throws {
    let start = ContinuousClock.now
    let request = CountTokensRequest(input: .prompt("one two three"))
    let response = try await client.api.countTokens(request)
    ledger.countCall()
    ledger.count(.answer, .now - start)
    guard response.tokens > 0 else { throw Failure("no tokens in three words") }
    try await Task.sleep(for: .milliseconds(50))
  }

  /// Reads a text, token by token.
  static func ask(_ client: TokenwireClient, _ ledger: Ledger) async throws {
    var last = ContinuousClock.now
    var tokens = 0
    // As many tokens in all phases, whatever the model would like.
    let responses = try await client.generate(
      "Tell me about the sea.",
      maxTokens: 30,
      sampling: SamplingOptions(ignoreEos: true)
    )
    for try await response in responses {
      guard case .delta(let delta) = response.event else { continue }
      let now = ContinuousClock.now
      if tokens == 0 {
        ledger.count(.firstMessage, now - last)
      } else {
        ledger.count(.nextToken, now - last)
      }
      tokens += delta.tokenIDs.count
      last = now
    }
    guard tokens > 0 else { throw Failure("a text without tokens") }
    ledger.countStream()
  }
}
