/// A time in which something cannot be reached: its last error, and when to try again.
public struct Outage<Failure: Error>: Sendable {
  /// When it began.
  public let began = ContinuousClock.now
  /// The error of the last attempt.
  public private(set) var error: Failure
  /// When to try again.
  public private(set) var nextAttempt: ContinuousClock.Instant
  private var backoff = Backoff()

  /// Begins with an attempt that has failed.
  public init(_ error: Failure) {
    self.error = error
    self.nextAttempt = .now + self.backoff.next()
  }

  /// The time until the next attempt.
  public var rest: Duration { max(.zero, ContinuousClock.now.duration(to: self.nextAttempt)) }

  /// Notes that another attempt has failed. One that was made before its time changes nothing.
  public mutating func note(_ error: Failure) {
    guard self.nextAttempt <= .now else { return }
    self.error = error
    self.nextAttempt = .now + self.backoff.next()
  }

  /// Makes the next attempt due.
  public mutating func endPause() {
    self.nextAttempt = .now
  }
}
