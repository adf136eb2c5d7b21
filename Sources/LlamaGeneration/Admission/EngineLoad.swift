/// How busy the engine is, for those who decide whether to wait.
struct EngineLoad: Sendable {
  /// Texts that could begin now.
  var freeSlots = 0
  /// The time from one text's end to that of the next; nil before anything is measured.
  var timePerText: Duration?

  /// How long a request waits for its turn; nil when that is not known.
  ///
  /// - Parameter before: how many go before it.
  func wait(behind before: Int) -> Duration? {
    if before < self.freeSlots { return .zero }
    return self.timePerText.map { $0 * (before - self.freeSlots + 1) }
  }

  /// When it is worth while to ask for a place in a line that is full.
  var timeToNextPlace: Duration {
    max(self.timePerText ?? .seconds(1), .milliseconds(100))
  }
}
