internal import Identifiers
internal import RPC
internal import Synchronization

/// Enforces the limits of users, who are told apart by their access tokens' user, or by address.
final class UserQuotas: Sendable {
  private let limits: UserLimits
  private let isShared: Bool
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  private struct State {
    var users: [Identifier: User] = [:]
    /// When there are this many users, those without recent use are removed.
    var sweepThreshold = UserQuotas.sweepThreshold
  }

  /// What one user is using.
  fileprivate final class User: Sendable {
    struct Usage {
      var requests: TokenBucket
      var tokens: TokenBucket
      var texts = 0
      var otherCalls = 0
      /// What other servers have not been told of.
      var untold = (requests: 0.0, tokens: 0.0)
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

  private static let sweepThreshold = 1024

  /// - Parameter isShared: whether `exchange` is called now and then.
  init(
    _ limits: UserLimits,
    isShared: Bool = false,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.limits = limits
    self.isShared = isShared
    self.now = now
  }

  /// Counts a call, which runs until `Admission.end`.
  ///
  /// - Throws: `resourceExhausted` with the limit, and how long to wait if waiting helps.
  func admit(_ name: Identifier, for work: MethodPolicy.Work) throws(CallError) -> Admission {
    let now = self.now()
    return try self.state.withLock { state throws(CallError) in
      if state.users.count >= state.sweepThreshold { Self.sweep(&state, at: now) }
      let user = state.users[name] ?? User(self.limits, at: now)
      state.users[name] = user
      try user.usage.withLock { usage throws(CallError) in
        try self.take(work, from: &usage, at: now)
      }
      return Admission(user, work, isShared: self.isShared, self.now)
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
    if self.isShared { usage.untold.requests += 1 }
  }

  // MARK: Other servers

  /// Tells other servers what users have used here, and learns what they have left.
  ///
  /// - Throws: the error of `shared`; what could not be told is told the next time.
  func exchange(with shared: any SharedQuotas) async throws {
    let uses = self.uses(at: self.now())
    if uses.isEmpty { return }
    let left = try await shared.exchange(uses)
    let now = self.now()
    let users = self.state.withLock { $0.users }
    for use in uses {
      users[use.userID]?.usage.withLock { usage in
        usage.untold.requests -= use.requests
        usage.untold.tokens -= use.tokens
      }
    }
    for left in left {
      users[left.userID]?.usage.withLock { usage in
        usage.requests.set(left.requests - usage.untold.requests, at: now)
        usage.tokens.set(left.tokens - usage.untold.tokens, at: now)
      }
    }
  }

  /// What users have used that nobody else has been told of, and the users who may have less left
  /// than is known here.
  private func uses(at now: ContinuousClock.Instant) -> [QuotaAmount] {
    self.state.withLock { $0.users }.compactMap { name, user in
      user.usage.withLock { usage in
        let untold = usage.untold
        let isIdle =
          untold == (0, 0) && usage.requests.isFull(at: now) && usage.tokens.isFull(at: now)
        return isIdle
          ? nil : QuotaAmount(userID: name, requests: untold.requests, tokens: untold.tokens)
      }
    }
  }

  private static func sweep(_ state: inout State, at now: ContinuousClock.Instant) {
    state.users = state.users.filter { _, user in
      user.usage.withLock { usage in
        usage.texts + usage.otherCalls > 0 || usage.untold != (0, 0)
          || !usage.requests.isFull(at: now)
          || !usage.tokens.isFull(at: now)
      }
    }
    // The cost of each scan is spread over as many new users.
    state.sweepThreshold = max(state.users.count * 2, Self.sweepThreshold)
  }

  /// The admission of one call. A user with a running call is not removed.
  struct Admission: Sendable {
    private let user: User
    let work: MethodPolicy.Work
    private let isShared: Bool
    private let now: @Sendable () -> ContinuousClock.Instant

    fileprivate init(
      _ user: User,
      _ work: MethodPolicy.Work,
      isShared: Bool,
      _ now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
      self.user = user
      self.work = work
      self.isShared = isShared
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
      self.user.usage.withLock { usage in
        usage.tokens.take(Double(tokens), at: now)
        if self.isShared { usage.untold.tokens += Double(tokens) }
      }
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
