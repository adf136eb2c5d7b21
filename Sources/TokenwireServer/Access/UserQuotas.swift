internal import Identifiers
internal import RPC
internal import Synchronization

/// Enforces the limits of users, who are told apart by their access tokens' user, or by address.
final class UserQuotas: Sendable {
  private let limits: UserLimits
  private let now: @Sendable () -> ContinuousClock.Instant
  private let users = Mutex<[Identifier: User]>([:])

  /// What one user is using.
  fileprivate final class User: Sendable {
    struct Usage {
      var requests: TokenBucket
      var tokens: TokenBucket
      var texts = 0
      var otherCalls = 0
    }

    let usage: Mutex<Usage>

    init(_ limits: UserLimits, at now: ContinuousClock.Instant) {
      self.usage = Mutex(
        Usage(
          requests: TokenBucket(perMinute: limits.requestsPerMinute, now: now),
          tokens: TokenBucket(perMinute: limits.tokensPerMinute, now: now)
        )
      )
    }
  }

  /// When there are this many users, those without recent use are removed.
  private static let sweepThreshold = 1024

  init(
    _ limits: UserLimits,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.limits = limits
    self.now = now
  }

  /// Counts a call, which runs until `Admission.end`.
  ///
  /// - Throws: `resourceExhausted` with the limit, and how long to wait if waiting helps.
  func admit(_ name: Identifier, for work: MethodPolicy.Work) throws(CallError) -> Admission {
    let now = self.now()
    return try self.users.withLock { users throws(CallError) in
      if users.count >= Self.sweepThreshold { Self.sweep(&users, at: now) }
      let user = users[name] ?? User(self.limits, at: now)
      users[name] = user
      try user.usage.withLock { usage throws(CallError) in
        try self.take(work, from: &usage, at: now)
      }
      return Admission(user, work, self.now)
    }
  }

  private func take(
    _ work: MethodPolicy.Work,
    from usage: inout User.Usage,
    at now: ContinuousClock.Instant
  ) throws(CallError) {
    if let wait = usage.requests.wait(for: 1, at: now) {
      throw .limitReached("\(self.limits.requestsPerMinute) requests in a minute", wait)
    }
    if work.usesModel, let wait = usage.tokens.wait(for: 1, at: now) {
      throw .limitReached("\(self.limits.tokensPerMinute) tokens in a minute", wait)
    }
    if work == .text {
      guard usage.texts < self.limits.streams else {
        throw .limitReached("\(self.limits.streams) texts at once", nil)
      }
      usage.texts += 1
    } else {
      guard usage.otherCalls < self.limits.streams else {
        throw .limitReached("\(self.limits.streams) calls at once beside those for texts", nil)
      }
      usage.otherCalls += 1
    }
    usage.requests.take(1, at: now)
  }

  private static func sweep(_ users: inout [Identifier: User], at now: ContinuousClock.Instant) {
    users = users.filter { _, user in
      user.usage.withLock { usage in
        usage.texts + usage.otherCalls > 0 || !usage.requests.isFull(at: now)
          || !usage.tokens.isFull(at: now)
      }
    }
  }

  /// The admission of one call. A user with a running call is not removed.
  struct Admission: Sendable {
    private let user: User
    let work: MethodPolicy.Work
    private let now: @Sendable () -> ContinuousClock.Instant

    fileprivate init(
      _ user: User,
      _ work: MethodPolicy.Work,
      _ now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
      self.user = user
      self.work = work
      self.now = now
    }

    /// Ends the call. Call it once.
    func end() {
      self.user.usage.withLock { usage in
        if self.work == .text { usage.texts -= 1 } else { usage.otherCalls -= 1 }
      }
    }

    /// How many tokens counted by `CountTokens` count as one generated token.
    private static let countedTokensForOne = 16

    /// Counts tokens that `CountTokens` counted, at a sixteenth, because counting them is cheap.
    func use(countedTokens: Int) {
      self.use(tokens: (countedTokens + Self.countedTokensForOne - 1) / Self.countedTokensForOne)
    }

    /// Counts generated tokens. If they exceed what the user has left, later calls have to wait.
    func use(tokens: Int) {
      guard tokens > 0 else { return }
      let now = self.now()
      self.user.usage.withLock { $0.tokens.take(Double(tokens), at: now) }
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
