/// The time of a step by its number of tokens, measured as the engine runs.
///
/// The time is about that of so many tokens: those of the step, and an overhead, which is mostly
/// reading the weights. Drafts share it. (Measured with a model of 135M parameters on 2 cores: 16 ms
/// for 1 token, 24 for 2, 33 for 4, 58 for 8, 115 for 16, no matter of how many texts. So the
/// overhead is that of 1.6 tokens: 8 drafted tokens can double the speed of 1 text, and they cannot
/// help 8 texts.)
struct StepCost {
  /// In tokens. The first value is that of a small model on a few cores: where drafts pay more, they
  /// are tried, and it is soon corrected.
  private(set) var overhead: Double
  private var meanCount = 0.0
  private var meanTime = 0.0
  private var variance = 0.0
  private var covariance = 0.0
  private var stepCount = 0

  /// How far a step moves the averages.
  private static let weight = 0.03
  /// With less, the counts of tokens differ too little to tell the overhead.
  private static let leastVariance = 0.5

  init(overhead: Double = 1.6) {
    self.overhead = overhead
  }

  /// Records a step that computed no prompts.
  mutating func record(tokens: Int, time: Duration) {
    let count = Double(tokens)
    var time = time / .milliseconds(1)
    self.stepCount += 1
    // The first steps count alike.
    let weight = max(Self.weight, 1 / Double(self.stepCount))
    // A step that was interrupted says little.
    if self.stepCount > 8 { time = min(time, 4 * self.expected(count)) }
    let (countOff, timeOff) = (count - self.meanCount, time - self.meanTime)
    self.meanCount += weight * countOff
    self.meanTime += weight * timeOff
    self.variance = (1 - weight) * (self.variance + weight * countOff * countOff)
    self.covariance = (1 - weight) * (self.covariance + weight * countOff * timeOff)
    guard self.stepCount >= 16, self.variance >= Self.leastVariance else { return }
    let tokenTime = max(self.covariance / self.variance, self.meanTime / (self.meanCount + 64))
    self.overhead = max(0, self.meanTime / tokenTime - self.meanCount)
  }

  /// The time of a step in milliseconds; 0 before any was measured.
  func expected(_ count: Double) -> Double {
    self.meanTime * (self.overhead + count) / (self.overhead + self.meanCount)
  }

  /// The time that a token adds to a step, in milliseconds; nil before any step was measured.
  var tokenTime: Double? {
    self.meanTime > 0 ? self.meanTime / (self.overhead + self.meanCount) : nil
  }
}
