import RPC
import TokenwireAPI
import TokenwireClient

/// What honest clients do. Each throws what a client should not see.
enum Habits {
  static func countTokens(_ client: TokenwireClient, _ ledger: Ledger) async throws {
    let start = ContinuousClock.now
    let request = CountTokensRequest(input: .prompt("one two three"))
    let response = try await client.api.countTokens(request)
    ledger.countCall()
    ledger.count(.answer, .now - start)
    guard response.tokens == 3 else { throw Failure("\(response.tokens) tokens in three words") }
  }

  static func readToTheEnd(_ client: TokenwireClient, _ ledger: Ledger) async throws {
    try await self.read(client, ledger, tokens: .random(in: 1 ... 300))
  }

  /// So slowly that the server has to hold back.
  static func readSlowly(_ client: TokenwireClient, _ ledger: Ledger) async throws {
    try await self.read(client, ledger, tokens: 2_000, pause: .milliseconds(5))
  }

  private static func read(
    _ client: TokenwireClient,
    _ ledger: Ledger,
    tokens: Int32,
    pause: Duration? = nil
  ) async throws {
    let start = ContinuousClock.now
    var text = TextCheck(tokens: tokens)
    for try await response in try await client.generate("Go", maxTokens: tokens) {
      if text.isEmpty { ledger.count(.firstMessage, .now - start) }
      try text.take(response)
      if let pause { try await Task.sleep(for: pause) }
    }
    try text.finish()
    ledger.countStream()
  }

  /// Reads a little of a long text, and drops the rest.
  static func leave(_ client: TokenwireClient, _ ledger: Ledger) async throws {
    let start = ContinuousClock.now
    var text = TextCheck(tokens: 1_000_000)
    for try await response in try await client.generate("Go", maxTokens: 1_000_000) {
      if text.isEmpty { ledger.count(.firstMessage, .now - start) }
      try text.take(response)
      if text.messages == 20 { break }
    }
    ledger.countCancel()
  }

  static func runIntoTimeout(_ client: TokenwireClient, _ ledger: Ledger) async throws {
    let options = CallOptions(timeout: .milliseconds(.random(in: 20 ... 200)))
    do {
      for try await _ in try await client.generate("Go", maxTokens: .max, options: options) {
        try await Task.sleep(for: .milliseconds(1))
      }
    } catch let error as CallError where error.code == .deadlineExceeded {
      ledger.count(error)
      return
    }
    throw Failure("a text without end ended before its timeout")
  }

  static func watchHealth(_ client: TokenwireClient, _ ledger: Ledger) async throws {
    let start = ContinuousClock.now
    for try await response in try await client.health.watch(HealthCheckRequest()) {
      ledger.count(.firstMessage, .now - start)
      guard response.status == .serving else { throw Failure("the server says \(response.status)") }
      break
    }
    ledger.countCancel()
  }
}
