/// Allows an amount per minute, and that amount at once after a minute without use
/// (https://en.wikipedia.org/wiki/Token_bucket). It has no clock: callers pass the time.
struct TokenBucket {
  /// The bucket's size, which is also refilled per minute.
  let perMinute: Double
  private var level: Double
  private var lastRefill: ContinuousClock.Instant

  /// Creates a full bucket.
  init(perMinute: Int, now: ContinuousClock.Instant) {
    self.perMinute = Double(perMinute)
    self.level = Double(perMinute)
    self.lastRefill = now
  }

  /// How long until `amount` is available; nil when it is now.
  mutating func wait(for amount: Double, at now: ContinuousClock.Instant) -> Duration? {
    self.refill(at: now)
    guard self.level < amount else { return nil }
    return .seconds(60 * (amount - self.level) / self.perMinute)
  }

  /// Takes a used amount, even more than is available: later callers wait for the refill.
  mutating func take(_ amount: Double, at now: ContinuousClock.Instant) {
    self.refill(at: now)
    self.level -= amount
  }

  /// Whether the bucket is full.
  mutating func isFull(at now: ContinuousClock.Instant) -> Bool {
    self.refill(at: now)
    return self.level >= self.perMinute
  }

  /// Who owes more waits for ever, in a time that a `Duration` can say.
  private static let lowestLevel = -1e12

  /// Sets what is available. What a database says may be no number.
  mutating func set(_ level: Double, at now: ContinuousClock.Instant) {
    self.level = level.isNaN ? 0 : min(self.perMinute, max(level, Self.lowestLevel))
    self.lastRefill = now
  }

  private mutating func refill(at now: ContinuousClock.Instant) {
    let minutes = (now - self.lastRefill) / .seconds(60)
    guard minutes > 0 else { return }
    self.level = min(self.perMinute, self.level + self.perMinute * minutes)
    self.lastRefill = now
  }
}
