internal import Generation

/// Texts that have left their slots, with what the model remembers of them, outside of the KV cache.
///
/// Full, it forgets those that were not used for the longest time.
struct PrefixCache {
  private struct Entry {
    var text: SeenText
    var state: [UInt8]
  }

  /// In bytes; 0 keeps nothing.
  let capacity: Int
  private var size = 0
  /// The one that was used last is last.
  private var entries: [Entry] = []

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Keeps a text, in the place of those that are its beginning.
  mutating func insert(_ text: SeenText, _ state: [UInt8]) {
    guard state.count <= self.capacity else { return }
    self.entries.removeAll { entry in
      let isBeginning =
        entry.text.requester == text.requester
        && text.tokens.starts(with: entry.text.tokens)
      if isBeginning { self.size -= entry.state.count }
      return isBeginning
    }
    while self.size + state.count > self.capacity {
      self.size -= self.entries.removeFirst().state.count
    }
    self.size += state.count
    self.entries.append(Entry(text: text, state: state))
  }

  /// Whether a text, or one that goes on from it, is here.
  func contains(_ text: SeenText) -> Bool {
    self.entries.contains {
      $0.text.requester == text.requester && $0.text.tokens.starts(with: text.tokens)
    }
  }

  /// The text that shares the longest beginning with `tokens`, of at least `minimum` tokens.
  ///
  /// - Parameter isVisible: whether the texts of a requester may be used.
  func longestMatch(
    with tokens: [Int32],
    atLeast minimum: Int,
    isVisible: (Requester) -> Bool
  ) -> Match? {
    var best: Match?
    for (index, entry) in self.entries.enumerated() where isVisible(entry.text.requester) {
      let length = entry.text.tokens.sharedPrefix(with: tokens, atMost: tokens.count - 1)
      if length >= max(minimum, (best?.length ?? 0) + 1) {
        best = Match(index: index, length: length)
      }
    }
    return best
  }

  struct Match {
    fileprivate var index: Int
    /// How many tokens are the same.
    var length: Int
  }

  /// What the model remembers of a text that was found.
  mutating func use(_ match: Match) -> [UInt8] {
    let entry = self.entries.remove(at: match.index)
    self.entries.append(entry)
    return entry.state
  }
}
