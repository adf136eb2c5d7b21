import Generation

extension Outcome {
  var tokenIDs: [Int32] { self.deltas.flatMap(\.tokenIDs) }

  /// The arguments of all calls.
  var arguments: String { self.deltas.flatMap(\.toolCalls).map(\.arguments).joined() }

  /// Whether two texts of one request are one, and end alike.
  func isSame(as other: Outcome) -> Bool {
    self.tokenIDs == other.tokenIDs && self.text == other.text
      && self.arguments == other.arguments
      && self.finished?.reason == other.finished?.reason
      && self.finished?.matchedStop == other.finished?.matchedStop
      && self.finished?.isIncomplete == other.finished?.isIncomplete
      && self.finished?.usage.completionTokens == other.finished?.usage.completionTokens
  }

  /// Whether two greedy texts of one request part at a token that was as likely as the other's.
  ///
  /// A batch's other texts and its size change the order of the model's sums, and so the last
  /// digits of probabilities. What decides between two tokens that are equally likely may be this
  /// alone. Both need `logprobs`.
  func parts(atATieFrom other: Outcome) -> Bool {
    for (one, other) in zip(self.deltas.flatMap(\.logprobs), other.deltas.flatMap(\.logprobs))
    where one.chosen.tokenID != other.chosen.tokenID {
      return abs(one.chosen.logprob - other.chosen.logprob) < 0.2
    }
    return false
  }
}
