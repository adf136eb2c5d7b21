/// The texts of all tokens of a model, in such an order that those with the same beginning are
/// together: what a grammar does not allow them to begin with is looked at once.
public struct TokenVocabulary: Sendable {
  /// How many tokens there are, those without text included.
  let count: Int
  /// The tokens with text, in the order of their bytes.
  let tokens: [Int32]
  /// The bytes of all of `tokens`, one after the other.
  let bytes: [UInt8]
  /// Where in `bytes` those of each of `tokens` begin; then where the last ones end.
  let offsets: [Int]
  /// How many bytes each of `tokens` begins with that the one before it begins with, too.
  let shared: [Int]
  /// How many bytes the longest of `tokens` has.
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

  /// Whether the two are the same value: what is known of one holds for the other.
  func isSame(as other: TokenVocabulary) -> Bool {
    self.count == other.count && self.tokens == other.tokens && self.bytes == other.bytes
      && self.offsets == other.offsets
  }
}
