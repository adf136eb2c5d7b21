/// The texts of all tokens of a model, sorted so that a prefix which a grammar does not allow is
/// checked once for all tokens that have it.
public struct TokenVocabulary: Sendable {
  /// The number of tokens, including those without text.
  let count: Int
  /// The tokens with text, sorted by their bytes.
  let tokens: [Int32]
  /// The bytes of all of `tokens`, one after the other.
  let bytes: [UInt8]
  /// Where in `bytes` each of `tokens` begins, and where the last one ends.
  let offsets: [Int]
  /// How many leading bytes each of `tokens` shares with the one before it.
  let shared: [Int]
  /// The length of the longest of `tokens`, in bytes.
  let longest: Int

  /// - Parameter texts: what each token adds to a text; tokens without text are never allowed.
  public init(_ texts: [[UInt8]]) {
    self.count = texts.count
    let order = texts.indices.filter { !texts[$0].isEmpty }
      .sorted { texts[$0].lexicographicallyPrecedes(texts[$1]) }
    self.tokens = order.map { Int32($0) }
    self.bytes = order.flatMap { texts[$0] }
    self.offsets = order.reduce(into: [0]) { $0.append(($0.last ?? 0) + texts[$1].count) }
    self.shared = zip([[]] + order.map { texts[$0] }, order).map { previous, token in
      zip(previous, texts[token]).prefix { $0 == $1 }.count
    }
    self.longest = texts.reduce(0) { max($0, $1.count) }
  }

  /// Whether both are copies of the same vocabulary.
  func isSame(as other: TokenVocabulary) -> Bool {
    self.count == other.count && self.tokens == other.tokens && self.bytes == other.bytes
      && self.offsets == other.offsets
  }
}
