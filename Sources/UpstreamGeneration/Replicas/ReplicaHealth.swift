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
  /// Whether a call tries it now.
  private var isOnTrial = false

  var isResting: Bool { self.restsUntil != nil }

  /// Whether a call may be sent.
  func mayBeAsked(at now: ContinuousClock.Instant) -> Bool {
    guard let restsUntil else { return true }
    return now >= restsUntil && !self.isOnTrial
  }

  /// How long until a call may try it; nil while it is well.
  func wait(at now: ContinuousClock.Instant) -> Duration? {
    self.restsUntil.map { max(.zero, $0 - now) }
  }

  /// A call is sent.
  mutating func begin() {
    if self.restsUntil != nil { self.isOnTrial = true }
  }

  /// A call has ended without telling how the server is.
  mutating func abandon() {
    self.isOnTrial = false
  }

  mutating func succeed() {
    self = ReplicaHealth()
  }

  /// - Parameter jitter: from 0 to 1, so that not all who wait come back at once.
  mutating func fail(at now: ContinuousClock.Instant, jitter: Double) {
    self.failures += 1
    let wasOnTrial = self.isOnTrial
    self.isOnTrial = false
    guard wasOnTrial || self.failures >= Self.failuresToRest else { return }
    // Calls that were sent before the rest do not make it longer.
    if let restsUntil, !wasOnTrial, now < restsUntil { return }
    self.restsUntil = now + self.rest * (1 + jitter / 4)
    self.rest = min(self.rest * 2, Self.longestRest)
  }

  /// A check has found that the server answers: a call may try it.
  mutating func endRest(at now: ContinuousClock.Instant) {
    if self.restsUntil != nil { self.restsUntil = now }
  }
}
