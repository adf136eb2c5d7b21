/// How fast the model computes, as measured, and how much of the prompts a step may take for it.
struct Pace {
  /// The time from one token of a text to its next, when a prompt is computed beside it.
  private let interTokenLimit: Duration
  /// What a step takes that computes no prompts.
  private var step: Duration?
  /// What one more token of a prompt takes.
  private(set) var promptToken: Duration?
  /// How long a text takes from its beginning to its end.
  private(set) var text: Duration?

  /// Before anything is measured, a step computes so many tokens of prompts beside other texts; and
  /// never fewer, so that prompts come to their end.
  private static let minimumChunk = 16

  init(interTokenLimit: Duration) {
    self.interTokenLimit = interTokenLimit
  }

  /// How many tokens of prompts the next step may compute.
  ///
  /// - Parameters:
  ///   - others: how many texts wait for that step to get their next token.
  ///   - capacity: how many tokens there is room for.
  func promptTokens(beside others: Int, capacity: Int) -> Int {
    if others == 0 { return capacity }
    guard let promptToken, promptToken > .zero else { return min(Self.minimumChunk, capacity) }
    let step = self.step ?? .zero
    // With steps about as long as the limit, prompts would hardly get on.
    let time = max(self.interTokenLimit - step, step / 2)
    return min(capacity, max(Self.minimumChunk, Int(time / promptToken)))
  }

  /// Takes note of what a step took.
  mutating func record(promptTokens: Int, others: Int, time: Duration) {
    if promptTokens == 0 {
      self.step.average(time)
    } else if promptTokens >= Self.minimumChunk {
      let rest = others == 0 ? time : time - (self.step ?? .zero)
      self.promptToken.average(max(rest, time / 4) / promptTokens)
    }
  }

  /// Takes note of how long a text took.
  mutating func record(textTime: Duration) {
    self.text.average(textTime)
  }
}

extension Duration? {
  /// Moves a fifth of the way to a new value.
  mutating func average(_ value: Duration) {
    self = self.map { $0 * 0.8 + value * 0.2 } ?? value
  }
}
