internal import Identifiers
internal import Synchronization

/// Counts invalid access tokens per address. An address has a number of tries per minute; when they
/// are used up, it is told to wait, and its tries are no longer logged.
///
/// A valid access token is always accepted, because many callers may share an address.
final class FailedChecks: Sendable {
  /// Tries per minute from one address.
  static let perMinute = 30

  private struct State {
    var addresses: [Identifier: TokenBucket] = [:]
    /// When there are this many addresses, those without recent tries are removed.
    var sweepThreshold = FailedChecks.sweepThreshold
  }

  private static let sweepThreshold = 4096
  /// When there are more addresses with recent tries, all are removed, to bound memory.
  private static let maximumCount = 65_536

  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.now = now
  }

  /// The number of addresses with recent tries.
  var count: Int { self.state.withLock { $0.addresses.count } }

  /// Counts an invalid access token from the address.
  ///
  /// - Returns: nil while the address has tries left; otherwise how long until it has.
  func count(_ address: Identifier) -> Duration? {
    let now = self.now()
    return self.state.withLock { state in
      if state.addresses.count >= state.sweepThreshold { Self.sweep(&state, at: now) }
      var bucket =
        state.addresses[address] ?? TokenBucket(perMinute: Self.perMinute, now: now)
      let wait = bucket.wait(for: 1, at: now)
      // Tries while an address has to wait do not make it wait longer.
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
    // The cost of each scan is spread over as many new addresses.
    state.sweepThreshold = max(state.addresses.count * 2, Self.sweepThreshold)
  }
}
