/// A set of tokens of a vocabulary.
public struct TokenSet: Sendable {
  private var words: [UInt64]

  /// - Parameter capacity: the number of tokens in the vocabulary.
  init(capacity: Int) {
    self.words = Array(repeating: 0, count: (capacity + 63) / 64)
  }

  mutating func insert(_ token: Int32) {
    self.words[Int(token) / 64] |= 1 << UInt64(token % 64)
  }

  /// Whether it has no tokens.
  public var isEmpty: Bool { self.words.allSatisfy { $0 == 0 } }

  /// Whether it has a token.
  public func contains(_ token: Int32) -> Bool {
    self.words[Int(token) / 64] >> UInt64(token % 64) & 1 == 1
  }

  /// Calls `body` with each token, in ascending order.
  public func forEach(_ body: (Int32) -> Void) {
    for (index, word) in self.words.enumerated() {
      var rest = word
      while rest != 0 {
        body(Int32(index * 64 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
  }
}
