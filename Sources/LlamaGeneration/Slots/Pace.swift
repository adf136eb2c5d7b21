/// The measured speed of the model, and how much of the prompts a step may compute.
struct Pace {
  /// The intended time between two tokens while prompts are computed.
  private let interTokenLimit: Duration
  /// The time of a step without prompts.
  private var step: Duration?
  /// The time of one more prompt token.
  private(set) var promptToken: Duration?
  /// The time of a whole generation.
  private(set) var text: Duration?

  /// The fewest prompt tokens of a step beside other generations, so that prompts make progress;
  /// also the number before any measurement.
  private static let minimumChunk = 16

  init(interTokenLimit: Duration) {
    self.interTokenLimit = interTokenLimit
  }

  /// How many tokens of prompts the next step may compute.
  ///
  /// - Parameters:
  ///   - others: how many generations get their next token in that step.
  ///   - capacity: how many tokens fit.
  func promptTokens(beside others: Int, capacity: Int) -> Int {
    if others == 0 { return capacity }
    guard let promptToken, promptToken > .zero else { return min(Self.minimumChunk, capacity) }
    let step = self.step ?? .zero
    // When a step alone takes about the limit, prompts would make hardly any progress.
    let time = max(self.interTokenLimit - step, step / 2)
    return min(capacity, max(Self.minimumChunk, Int(time / promptToken)))
  }

  /// Records the time of a step.
  mutating func record(promptTokens: Int, others: Int, time: Duration) {
    if promptTokens == 0 {
      self.step.average(time)
    } else if promptTokens >= Self.minimumChunk {
      let rest = others == 0 ? time : time - (self.step ?? .zero)
      self.promptToken.average(max(rest, time / 4) / promptTokens)
    }
  }

  /// Records the time of a generation.
  mutating func record(textTime: Duration) {
    self.text.average(textTime)
  }
}

extension Duration? {
  /// Moves the average a fifth of the way to a new value.
  mutating func average(_ value: Duration) {
    self = self.map { $0 * 0.8 + value * 0.2 } ?? value
  }
}
