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
}
