import Identifiers
import RPC
import Synchronization
import Testing

@testable import TokenwireServer

@Suite struct UserQuotasTests {
  private let clock = TestClock()

  @Test func `requests are counted over a minute, for each user`() throws {
    let quotas = self.quotas(requestsPerMinute: 2)
    for _ in 0 ..< 2 { try quotas.admit("alice", for: .text).end() }
    let error = #expect(throws: CallError.self) { _ = try quotas.admit("alice", for: .text) }
    #expect(error?.code == .resourceExhausted)
    #expect(
      error?.message == "You have reached your limit of 2 requests in a minute: call again later"
    )
    #expect(error?.retryAfter == .seconds(30))
    try quotas.admit("bob", for: .text).end()
    self.clock.advance(by: .seconds(29))
    #expect(throws: CallError.self) { _ = try quotas.admit("alice", for: .text) }
    self.clock.advance(by: .seconds(1))
    try quotas.admit("alice", for: .text).end()
    #expect(throws: CallError.self) { _ = try quotas.admit("alice", for: .text) }
  }

  @Test func `tokens that were used are waited for by the next call`() throws {
    let quotas = self.quotas(tokensPerMinute: 60)
    let admission = try quotas.admit("alice", for: .text)
    admission.use(tokens: 60)
    // Nothing stops the text that runs.
    admission.use(tokens: 29)
    let error = #expect(throws: CallError.self) { _ = try quotas.admit("alice", for: .text) }
    #expect(error?.message.contains("60 tokens in a minute") == true)
    #expect(error?.retryAfter == .seconds(30))
    self.clock.advance(by: .seconds(30))
    try quotas.admit("alice", for: .text).end()
  }

  @Test func `texts at once are as many as their admissions`() throws {
    let quotas = self.quotas(streams: 1)
    let admission = try quotas.admit("alice", for: .text)
    let error = #expect(throws: CallError.self) { _ = try quotas.admit("alice", for: .text) }
    #expect(
      error
        == CallError(
          .resourceExhausted,
          "You have reached your limit of 1 texts at once: let one end first"
        )
    )
    admission.end()
    try quotas.admit("alice", for: .text).end()
  }

  @Test func `what was not used flows back, and no more`() throws {
    let quotas = self.quotas(requestsPerMinute: 1)
    self.clock.advance(by: .seconds(3600))
    try quotas.admit("alice", for: .text).end()
    #expect(throws: CallError.self) { _ = try quotas.admit("alice", for: .text) }
  }

  @Test func `many users that come once are forgotten, those that used up their share are not`()
    throws
  {
    let quotas = self.quotas(requestsPerMinute: 1)
    try quotas.admit("alice", for: .text).end()
    self.clock.advance(by: .seconds(59))
    for number in 0 ..< 3_000 { try quotas.admit("\(number)", for: .text).end() }
    #expect(throws: CallError.self) { _ = try quotas.admit("alice", for: .text) }
  }

  private func quotas(
    requestsPerMinute: Int = 1_000_000,
    tokensPerMinute: Int = 1_000_000,
    streams: Int = 1_000_000
  ) -> UserQuotas {
    let limits = UserLimits(
      requestsPerMinute: requestsPerMinute,
      tokensPerMinute: tokensPerMinute,
      streams: streams
    )
    return UserQuotas(limits) { [clock] in clock.now }
  }
}

/// A clock that stands still until it is told.
final class TestClock: Sendable {
  private let instant = Mutex(ContinuousClock.now)

  var now: ContinuousClock.Instant { self.instant.withLock { $0 } }

  func advance(by duration: Duration) {
    self.instant.withLock { $0 += duration }
  }
}
