internal import FrameRPC
internal import Synchronization

/// Keeps users within their limits, each by the name that their token proves, or by the address that
/// their calls come from.
final class UserQuotas: Sendable {
  private let limits: UserLimits
  private let now: @Sendable () -> ContinuousClock.Instant
  private let users = Mutex<[String: Usage]>([:])

  private struct Usage {
    var requests: TokenBucket
    var tokens: TokenBucket
    var streams = 0
  }

  /// From this many users on, those that have used nothing of late are forgotten.
  private static let sweepThreshold = 1024

  init(
    _ limits: UserLimits,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.limits = limits
    self.now = now
  }

  /// Counts a call, which generates a text for as long as what is returned exists.
  ///
  /// - Throws: `resourceExhausted` with the limit, and when to call again where time helps.
  func admit(_ user: String) throws(CallError) -> Admission {
    let now = self.now()
    try self.users.withLock { users throws(CallError) in
      if users.count >= Self.sweepThreshold { Self.sweep(&users, at: now) }
      var usage = users[user] ?? self.newUsage(at: now)
      if let wait = usage.requests.wait(for: 1, at: now) {
        throw .limitReached("\(self.limits.requestsPerMinute) requests in a minute", wait)
      }
      if let wait = usage.tokens.wait(for: 1, at: now) {
        throw .limitReached("\(self.limits.tokensPerMinute) tokens in a minute", wait)
      }
      guard usage.streams < self.limits.streams else {
        throw .limitReached("\(self.limits.streams) texts at once", nil)
      }
      usage.requests.take(1, at: now)
      usage.streams += 1
      users[user] = usage
    }
    return Admission(self, user)
  }

  private func newUsage(at now: ContinuousClock.Instant) -> Usage {
    Usage(
      requests: TokenBucket(perMinute: self.limits.requestsPerMinute, now: now),
      tokens: TokenBucket(perMinute: self.limits.tokensPerMinute, now: now)
    )
  }

  private static func sweep(_ users: inout [String: Usage], at now: ContinuousClock.Instant) {
    users = users.filter { _, usage in
      var usage = usage
      return usage.streams > 0 || !usage.requests.isFull(at: now) || !usage.tokens.isFull(at: now)
    }
  }

  /// The place of one text of a user.
  final class Admission: Sendable {
    private let quotas: UserQuotas
    private let user: String

    fileprivate init(_ quotas: UserQuotas, _ user: String) {
      self.quotas = quotas
      self.user = user
    }

    deinit {
      self.quotas.users.withLock { $0[self.user]?.streams -= 1 }
    }

    /// Counts tokens that were generated. They are not taken back: when they are more than the user
    /// has left, it is the next call that waits.
    func use(tokens: Int) {
      guard tokens > 0 else { return }
      let now = self.quotas.now()
      self.quotas.users.withLock { $0[self.user]?.tokens.take(Double(tokens), at: now) }
    }
  }
}

extension CallError {
  fileprivate static func limitReached(_ limit: String, _ wait: Duration?) -> CallError {
    CallError(
      .resourceExhausted,
      "You have reached your limit of \(limit): "
        + (wait == nil ? "let one end first" : "call again later"),
      retryAfter: wait
    )
  }
}
