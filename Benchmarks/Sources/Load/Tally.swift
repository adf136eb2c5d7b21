/// What some callers have received.
struct Tally {
  var tokens = 0
  var messages = 0
  var latencies: [Duration] = []

  /// Counts a message of a stream.
  ///
  /// - Parameters:
  ///   - tokens: How many the stream has had so far.
  ///   - scheduled: When the stream should have begun: from here to its first message is its latency.
  mutating func receive(tokens: Int, scheduled: ContinuousClock.Instant) {
    if self.messages == 0 { self.latencies.append(.now - scheduled) }
    self.messages += 1
    self.tokens = tokens
  }

  mutating func add(_ other: Tally) {
    self.tokens += other.tokens
    self.messages += other.messages
    self.latencies += other.latencies
  }

  func json(duration: Duration) -> String {
    let sorted = self.latencies.sorted()
    let (p50, p99) = (sorted.percentile(50), sorted.percentile(99))
    return """
      {"tokens": \(self.tokens), "messages": \(self.messages), "seconds": \(duration / .seconds(1)), \
      "p50_us": \(p50 / .microseconds(1)), "p99_us": \(p99 / .microseconds(1))}
      """
  }
}

extension [Duration] {
  /// Of durations in order, at least one.
  fileprivate func percentile(_ percent: Int) -> Duration { self[(self.count - 1) * percent / 100] }
}
