/// Where a text may go on as it did before: the place after the latest earlier occurrence of its
/// last tokens, in the prompt or in the text.
///
/// It follows such a place token by token, and past tokens that differ, as when words of a paragraph
/// are replaced: the longer the match was, the more of them. A token costs the same however long the
/// text is.
struct DraftIndex {
  /// A place that is followed.
  struct Expectation {
    /// The place of the token that is expected next.
    fileprivate var next: Int?
    /// How well the text matches what is before `next`: the tokens in a row that are alike, at most
    /// `longestMatch`. A token that differs leaves a quarter.
    fileprivate(set) var matchLength = 0

    /// The expected token.
    ///
    /// - Parameter tokens: those of the text, up to which it was advanced.
    func token(in tokens: [Int32]) -> Int32? { self.next.map { tokens[$0] } }
  }

  /// What is expected to follow the known tokens.
  private(set) var expectation = Expectation()
  /// The place after the latest occurrence of each two and each three tokens.
  private var places: [UInt64: Int] = [:]
  /// How many tokens are known.
  private var count = 0

  static let longestMatch = 16
  /// With such a match, no other place is looked for.
  private static let goodMatch = 3

  /// Takes up the new tokens at the end of a text.
  ///
  /// - Parameters:
  ///   - tokens: all tokens of the text: those of earlier calls, and more.
  ///   - record: called for each new token that another one was expected for, or the same, with its
  ///     place, the match's length before it, and whether it is the expected one.
  mutating func update(
    from tokens: [Int32],
    record: (_ place: Int, _ matchLength: Int, _ isRight: Bool) -> Void = { _, _, _ in }
  ) {
    while self.count < tokens.count {
      if let expected = self.expectation.token(in: tokens) {
        record(self.count, self.expectation.matchLength, tokens[self.count] == expected)
      }
      self.count += 1
      let keys = Self.keys(of: tokens[..<self.count])
      self.advance(&self.expectation, pastLastOf: tokens[..<self.count], keys)
      for key in keys { self.places[key] = self.count }
    }
  }

  /// What is expected after one more token than before.
  ///
  /// - Parameter tokens: those of the text, with tokens at the end that may follow it.
  func advance(_ expectation: inout Expectation, pastLastOf tokens: [Int32]) {
    self.advance(&expectation, pastLastOf: tokens[...], Self.keys(of: tokens[...]))
  }

  private func advance(
    _ expectation: inout Expectation,
    pastLastOf tokens: ArraySlice<Int32>,
    _ keys: [UInt64]
  ) {
    if let next = expectation.next {
      let isRight = tokens[next] == tokens.last
      expectation.next = next + 1
      expectation.matchLength =
        isRight
        ? min(expectation.matchLength + 1, Self.longestMatch) : expectation.matchLength / 4
    }
    guard expectation.matchLength < Self.goodMatch,
      let place = keys.lazy.compactMap({ self.places[$0] }).first
    else { return }
    let length = Self.matchLength(before: place, atEndOf: tokens)
    if length > expectation.matchLength {
      expectation = Expectation(next: place, matchLength: length)
    }
  }

  /// The keys of the last three and of the last two tokens. Should two keys be equal, the match that
  /// is found at the place is short or none.
  private static func keys(of tokens: ArraySlice<Int32>) -> [UInt64] {
    let count = tokens.count
    guard count >= 2 else { return [] }
    let pair = self.key(tokens[count - 2], tokens[count - 1])
    guard count >= 3 else { return [pair] }
    return [1 << 63 | self.key(tokens[count - 3], 0) << 21 ^ pair, pair]
  }

  private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 21 | UInt64(UInt32(bitPattern: second))
  }

  private static func matchLength(before place: Int, atEndOf tokens: ArraySlice<Int32>) -> Int {
    var length = 0
    while length < min(self.longestMatch, place),
      tokens[place - 1 - length] == tokens[tokens.count - 1 - length]
    {
      length += 1
    }
    return length
  }
}
