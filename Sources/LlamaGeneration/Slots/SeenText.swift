internal import Generation

/// A decoded text, which need not be computed again.
struct SeenText {
  var tokens: [Int32]
  /// The requester of the text.
  var requester: Requester
  /// Whether it belongs to a conversation, whose next turn will begin with it.
  var isOfSession = false

  static let nothing = SeenText(tokens: [], requester: .anyone)
}

extension [Int32] {
  /// The length of the common prefix, at most `limit`.
  func sharedPrefix(with other: [Int32], atMost limit: Int) -> Int {
    let end = Swift.min(self.count, other.count, limit)
    var count = 0
    while count < end && self[count] == other[count] { count += 1 }
    return count
  }
}
