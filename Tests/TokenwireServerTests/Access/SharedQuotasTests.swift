import Identifiers
import RPC
import Synchronization
import Testing

@testable import TokenwireServer

/// Limits that several servers count together.
@Suite struct SharedQuotasTests {
  private static let limits = UserLimits(requestsPerMinute: 6, tokensPerMinute: 600, streams: 100)
  private let clock = TestClock()
  private let cluster = Cluster(Self.limits)

  private func server() -> UserQuotas {
    UserQuotas(Self.limits, isShared: true) { [clock] in clock.now }
  }

  private func admit(_ count: Int, at server: UserQuotas) throws {
    for _ in 0 ..< count { try server.admit("alice", for: .call).end() }
  }

  private func expectRefusal(at server: UserQuotas) -> CallError? {
    #expect(throws: CallError.self) { _ = try server.admit("alice", for: .text) }
  }

  @Test func `what is used at one server is missing at another`() async throws {
    let (one, two) = (self.server(), self.server())
    try self.admit(4, at: one)
    try self.admit(1, at: two)
    for server in [one, two, one] { try await server.exchange(with: self.cluster) }
    try self.admit(1, at: two)
    let error = self.expectRefusal(at: two)
    #expect(error?.message.contains("6 requests in a minute") == true)
    #expect(error?.retryAfter == .seconds(10))
    // Until it hears of it.
    try self.admit(1, at: one)
    for server in [two, one] { try await server.exchange(with: self.cluster) }
    _ = self.expectRefusal(at: one)
    // One call came too many: it is waited for, too.
    self.clock.advance(by: .seconds(10))
    _ = self.expectRefusal(at: one)
    self.clock.advance(by: .seconds(10))
    try self.admit(1, at: one)
  }

  @Test func `tokens are counted together, also those of running texts`() async throws {
    let (one, two) = (self.server(), self.server())
    let text = try one.admit("alice", for: .text)
    try two.admit("alice", for: .text).end()
    text.use(tokens: 650)
    for server in [one, two] { try await server.exchange(with: self.cluster) }
    let error = self.expectRefusal(at: two)
    #expect(error?.message.contains("600 tokens in a minute") == true)
    // Other users have their own.
    try two.admit("bob", for: .text).end()
  }

  @Test(arguments: [-Double.infinity, .infinity, .nan, -1e300])
  func `what is left may be no number, and is waited for all the same`(left: Double) async throws {
    let server = self.server()
    try self.admit(1, at: server)
    try await server.exchange(with: FixedAmounts(left: left))
    if left == .infinity { return try self.admit(1, at: server) }
    #expect(try #require(self.expectRefusal(at: server)?.retryAfter) > .zero)
  }

  @Test func `what cannot be told is told later, once`() async throws {
    let (one, two) = (self.server(), self.server())
    try self.admit(3, at: one)
    try self.admit(1, at: two)
    self.cluster.fails(true)
    for _ in 0 ..< 3 {
      await #expect(throws: Cluster.Failure.self) { try await one.exchange(with: self.cluster) }
    }
    try self.admit(1, at: one)
    self.cluster.fails(false)
    for server in [one, two, one, two] { try await server.exchange(with: self.cluster) }
    try self.admit(1, at: two)
    _ = self.expectRefusal(at: two)
  }

  @Test func `what is used during an exchange counts`() async throws {
    let one = self.server()
    try self.admit(2, at: one)
    self.cluster.duringExchange { try? one.admit("alice", for: .call).end() }
    try await one.exchange(with: self.cluster)
    #expect(self.cluster.left("alice")?.requests == 4)
    try self.admit(3, at: one)
    _ = self.expectRefusal(at: one)
    try await one.exchange(with: self.cluster)
    #expect(self.cluster.left("alice")?.requests == 0)
  }

  @Test func `users who have all of their limits are not told of`() async throws {
    let one = self.server()
    try self.admit(1, at: one)
    try await one.exchange(with: self.cluster)
    self.clock.advance(by: .seconds(60))
    let count = self.cluster.exchangeCount
    try await one.exchange(with: self.cluster)
    #expect(self.cluster.exchangeCount == count)
  }
}

/// What a database does, without the time that passes.
private final class Cluster: SharedQuotas {
  struct Failure: Error {}

  private struct State {
    var left: [Identifier: QuotaAmount] = [:]
    var exchangeCount = 0
    var fails = false
    var duringExchange: (@Sendable () -> Void)?
  }

  private let limits: UserLimits
  private let state = Mutex(State())

  init(_ limits: UserLimits) {
    self.limits = limits
  }

  var exchangeCount: Int { self.state.withLock { $0.exchangeCount } }

  func left(_ user: Identifier) -> QuotaAmount? { self.state.withLock { $0.left[user] } }

  func fails(_ fails: Bool) { self.state.withLock { $0.fails = fails } }

  func duringExchange(_ body: @escaping @Sendable () -> Void) {
    self.state.withLock { $0.duringExchange = body }
  }

  func exchange(_ uses: [QuotaAmount]) async throws -> [QuotaAmount] {
    let left = try self.state.withLock { state throws(Failure) in
      state.exchangeCount += 1
      if state.fails { throw Failure() }
      return uses.map { use in
        var amount =
          state.left[use.userID]
          ?? QuotaAmount(
            userID: use.userID,
            requests: Double(self.limits.requestsPerMinute),
            tokens: Double(self.limits.tokensPerMinute)
          )
        amount.requests -= use.requests
        amount.tokens -= use.tokens
        state.left[use.userID] = amount
        return amount
      }
    }
    let body = self.state.withLock { state in
      defer { state.duringExchange = nil }
      return state.duringExchange
    }
    body?()
    return left
  }
}

/// Says the same of each user.
private struct FixedAmounts: SharedQuotas {
  var left: Double

  func exchange(_ uses: [QuotaAmount]) async throws -> [QuotaAmount] {
    uses.map { QuotaAmount(userID: $0.userID, requests: self.left, tokens: self.left) }
  }
}
