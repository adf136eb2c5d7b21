internal import Metrics

/// How many generations there are, and how soon they begin.
///
/// - `tokenwire_generations_waiting`: those without a first token: they wait for their model to be
///   loaded, for a place, or for their prompt.
/// - `tokenwire_generations_running`: those that have it, and have not ended.
/// - `tokenwire_time_to_first_token`: from a generation's arrival to its first token.
final class GenerationMetrics: Sendable {
  private let waiting: Meter
  private let running: Meter
  private let timeToFirstToken: Metrics.Timer

  init(factory: any MetricsFactory = MetricsSystem.factory) {
    self.waiting = Meter(label: "tokenwire_generations_waiting", factory: factory)
    self.running = Meter(label: "tokenwire_generations_running", factory: factory)
    self.timeToFirstToken = Metrics.Timer(
      label: "tokenwire_time_to_first_token",
      factory: factory
    )
  }

  /// A generation has arrived. Call `end` once for each.
  func arrive() { self.waiting.increment() }

  /// Its first token is there.
  func begin(after time: Duration) {
    self.waiting.decrement()
    self.running.increment()
    self.timeToFirstToken.record(duration: time)
  }

  /// - Parameter hasBegun: whether `begin` was called.
  func end(hasBegun: Bool) { (hasBegun ? self.running : self.waiting).decrement() }
}
