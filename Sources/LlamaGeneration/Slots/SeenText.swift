internal import Generation

/// A text that the model has seen, and need not compute again.
struct SeenText {
  var tokens: [Int32]
  /// Whose text it is.
  var requester: Requester

  static let nothing = SeenText(tokens: [], requester: .anyone)
}

extension [Int32] {
  /// How many tokens both begin with, at most `limit`.
  func sharedPrefix(with other: [Int32], atMost limit: Int) -> Int {
    let end = Swift.min(self.count, other.count, limit)
    var count = 0
    while count < end && self[count] == other[count] { count += 1 }
    return count
  }
}
