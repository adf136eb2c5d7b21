internal import Generation

/// Texts that have left their slots, with their state, outside of the KV cache.
///
/// When it is full, it drops the least recently used, but of the requester who used it texts that
/// belong to no session first. So the sessions of one requester displace nothing of another's.
struct PrefixCache {
  private struct Entry {
    var text: SeenText
    var state: [UInt8]
  }

  /// In bytes; 0 keeps nothing.
  let capacity: Int
  private var size = 0
  /// Sorted by last use, the latest last.
  private var entries: [Entry] = []

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Adds a text, and removes those that are prefixes of it.
  mutating func insert(_ text: SeenText, _ state: [UInt8]) {
    guard state.count <= self.capacity else { return }
    var text = text
    self.entries.removeAll { entry in
      let isBeginning =
        entry.text.requester == text.requester
        && text.tokens.starts(with: entry.text.tokens)
      if isBeginning {
        self.size -= entry.state.count
        if entry.text.isOfSession { text.isOfSession = true }
      }
      return isBeginning
    }
    while self.size + state.count > self.capacity {
      self.size -= self.entries.remove(at: self.leastUseful).state.count
    }
    self.size += state.count
    self.entries.append(Entry(text: text, state: state))
  }

  /// The index of the entry to drop.
  private var leastUseful: Int {
    let requester = self.entries[0].text.requester
    return self.entries.firstIndex { $0.text.requester == requester && !$0.text.isOfSession } ?? 0
  }

  /// Whether it has a text, or a longer one that begins with it.
  func contains(_ text: SeenText) -> Bool {
    self.entries.contains {
      $0.text.requester == text.requester && $0.text.tokens.starts(with: text.tokens)
    }
  }

  /// The text with the longest common prefix with `tokens`, of at least `minimum` tokens.
  ///
  /// - Parameters:
  ///   - maximum: the most tokens; nil is all but the last.
  ///   - isVisible: whether a requester's texts may be used.
  func longestMatch(
    with tokens: [Int32],
    atLeast minimum: Int,
    atMost maximum: Int? = nil,
    isVisible: (Requester) -> Bool
  ) -> Match? {
    var best: Match?
    for (index, entry) in self.entries.enumerated() where isVisible(entry.text.requester) {
      let limit = maximum ?? tokens.count - 1
      let length = entry.text.tokens.sharedPrefix(with: tokens, atMost: limit)
      if length >= max(minimum, (best?.length ?? 0) + 1) {
        best = Match(index: index, length: length)
      }
    }
    return best
  }

  struct Match {
    fileprivate var index: Int
    /// The length of the common prefix.
    var length: Int
  }

  /// The state of a text that was found.
  mutating func use(_ match: Match) -> [UInt8] {
    let entry = self.entries.remove(at: match.index)
    self.entries.append(entry)
    return entry.state
  }
}
