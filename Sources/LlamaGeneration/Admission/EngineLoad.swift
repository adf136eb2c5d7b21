/// How busy the engine is, to estimate how long requests wait.
struct EngineLoad: Sendable {
  /// The number of free slots.
  var freeSlots = 0
  /// The average time between the ends of two generations; nil before any measurement.
  var timePerText: Duration?

  /// How long a request will wait for its turn; nil if unknown.
  ///
  /// - Parameter before: how many requests go before it.
  func wait(behind before: Int) -> Duration? {
    if before < self.freeSlots { return .zero }
    return self.timePerText.map { $0 * (before - self.freeSlots + 1) }
  }

  /// When to try again after the queue was full.
  var timeToNextPlace: Duration {
    max(self.timePerText ?? .seconds(1), .milliseconds(100))
  }
}
