internal import Identifiers
internal import Synchronization

/// Counts the tokens that are no good: an address has a number of tries a minute, beyond which it is
/// told to wait, and the log is not told of it any more.
///
/// It never keeps a good token from its user: behind one address there are many callers.
final class FailedChecks: Sendable {
  /// Tries in a minute, from one address.
  static let perMinute = 30

  private struct State {
    var addresses: [Identifier: TokenBucket] = [:]
    /// From this many addresses on, those that have not tried of late are forgotten.
    var sweepThreshold = FailedChecks.sweepThreshold
  }

  private static let sweepThreshold = 4096
  /// With more addresses that try, all start anew: memory is bounded.
  private static let maximumCount = 65_536

  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.now = now
  }

  /// How many addresses are remembered.
  var count: Int { self.state.withLock { $0.addresses.count } }

  /// The address has shown a token that is no good.
  ///
  /// - Returns: nil while it has tries left; otherwise how long until it has.
  func count(_ address: Identifier) -> Duration? {
    let now = self.now()
    return self.state.withLock { state in
      if state.addresses.count >= state.sweepThreshold { Self.sweep(&state, at: now) }
      var bucket =
        state.addresses[address] ?? TokenBucket(perMinute: Self.perMinute, now: now)
      let wait = bucket.wait(for: 1, at: now)
      // Who is told to wait and does not is not kept waiting for longer.
      if wait == nil { bucket.take(1, at: now) }
      state.addresses[address] = bucket
      return wait
    }
  }

  private static func sweep(_ state: inout State, at now: ContinuousClock.Instant) {
    state.addresses = state.addresses.filter { _, bucket in
      var bucket = bucket
      return !bucket.isFull(at: now)
    }
    if state.addresses.count >= Self.maximumCount { state.addresses = [:] }
    // Each look at all of them is paid for by as many new ones.
    state.sweepThreshold = max(state.addresses.count * 2, Self.sweepThreshold)
  }
}
