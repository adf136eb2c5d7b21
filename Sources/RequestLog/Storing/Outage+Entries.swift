package import Concurrency

/// What becomes of entries while a database cannot be reached.
extension Outage {
  /// Whether entries wait for the next attempt.
  ///
  /// - Parameters:
  ///   - start: since when they wait. Those that came later than the outage need not wait for what
  ///     others have waited for.
  ///   - isInDoubt: whether they may have been stored.
  ///   - patience: how long they wait at most.
  package func isWorthWaiting(
    since start: ContinuousClock.Instant,
    isInDoubt: Bool,
    patience: Duration
  ) -> Bool {
    (isInDoubt || self.began >= start) && self.nextAttempt <= start + patience
  }

  /// The error of entries that wait no longer.
  package func failure(isInDoubt: Bool) -> LogError {
    isInDoubt ? .inDoubt(self.error) : .unreachable(self.error, retryAfter: self.rest)
  }
}
