/// Allows an amount per minute, and that amount at once after a minute of silence
/// (https://en.wikipedia.org/wiki/Token_bucket). Knows no clock: it is told the time.
struct TokenBucket {
  /// What fits in, and flows back in a minute.
  let perMinute: Double
  private var level: Double
  private var lastRefill: ContinuousClock.Instant

  /// Creates a full bucket.
  init(perMinute: Int, now: ContinuousClock.Instant) {
    self.perMinute = Double(perMinute)
    self.level = Double(perMinute)
    self.lastRefill = now
  }

  /// How long until `amount` is there; nil when it is.
  mutating func wait(for amount: Double, at now: ContinuousClock.Instant) -> Duration? {
    self.refill(at: now)
    guard self.level < amount else { return nil }
    return .seconds(60 * (amount - self.level) / self.perMinute)
  }

  /// Takes an amount that was used, also when that much is not there: the next ones wait for it.
  mutating func take(_ amount: Double, at now: ContinuousClock.Instant) {
    self.refill(at: now)
    self.level -= amount
  }

  /// Whether it is as it was when it was new.
  mutating func isFull(at now: ContinuousClock.Instant) -> Bool {
    self.refill(at: now)
    return self.level >= self.perMinute
  }

  private mutating func refill(at now: ContinuousClock.Instant) {
    let minutes = (now - self.lastRefill) / .seconds(60)
    guard minutes > 0 else { return }
    self.level = min(self.perMinute, self.level + self.perMinute * minutes)
    self.lastRefill = now
  }
}
