/// Whether a server may be asked: a circuit breaker.
///
/// After some failures in a row the server rests. When its rest is over, one call tries it; if that
/// fails, the next rest is twice as long.
struct ReplicaHealth {
  private static let failuresToRest = 3
  private static let shortestRest = Duration.seconds(1)
  private static let longestRest = Duration.seconds(30)

  private var failures = 0
  private var rest = Self.shortestRest
  /// Until when it rests; nil while it is well.
  private var restsUntil: ContinuousClock.Instant?
  /// The number of the call that tries it now, if one does.
  private var trial: Int?
  private var trials = 0

  var isResting: Bool { self.restsUntil != nil }

  /// Whether a call may be sent.
  func mayBeAsked(at now: ContinuousClock.Instant) -> Bool {
    guard let restsUntil else { return true }
    return now >= restsUntil && self.trial == nil
  }

  /// How long until a call may try it; nil while it is well.
  func wait(at now: ContinuousClock.Instant) -> Duration? {
    self.restsUntil.map { max(.zero, $0 - now) }
  }

  /// A call is sent.
  ///
  /// - Returns: its number, if it tries the server after a rest.
  mutating func begin() -> Int? {
    if self.restsUntil == nil { return nil }
    self.trials += 1
    self.trial = self.trials
    return self.trial
  }

  /// A call has ended without telling how the server is.
  ///
  /// - Parameter trial: what `begin` returned for it.
  mutating func abandon(_ trial: Int?) {
    if trial != nil, trial == self.trial { self.trial = nil }
  }

  mutating func succeed() {
    let trials = self.trials
    self = ReplicaHealth()
    self.trials = trials
  }

  /// A call has failed.
  ///
  /// - Parameters:
  ///   - trial: what `begin` returned for it.
  ///   - jitter: from 0 to 1, so that not all who wait come back at once.
  mutating func fail(_ trial: Int?, at now: ContinuousClock.Instant, jitter: Double) {
    self.failures += 1
    let hasTried = trial != nil && trial == self.trial
    if hasTried { self.trial = nil }
    guard hasTried || self.failures >= Self.failuresToRest else { return }
    // Calls that were sent before the rest do not make it longer.
    if self.restsUntil != nil, !hasTried { return }
    self.restsUntil = now + self.rest * (1 + jitter / 4)
    self.rest = min(self.rest * 2, Self.longestRest)
  }

  /// A check has found that the server answers: a call may try it.
  mutating func endRest(at now: ContinuousClock.Instant) {
    if self.restsUntil != nil { self.restsUntil = now }
  }
}
