/// Where a text may go on as it did before: the place after the latest earlier occurrence of its
/// last tokens, in the prompt or in the text.
///
/// It follows such a place token by token, and past tokens that differ, as when words of a paragraph
/// are replaced: the longer the match was, the more of them. A token costs the same however long the
/// text is.
struct DraftIndex {
  /// The place after the latest occurrence of each two and each three tokens.
  private var places: [UInt64: Int] = [:]
  /// The place of the token that is expected next.
  private var next: Int?
  /// How well the text matches what is before `next`: the tokens in a row that are alike, at most
  /// `longestMatch`. A token that differs leaves a quarter.
  private(set) var matchLength = 0

  static let longestMatch = 16
  /// With such a match, no other place is looked for.
  private static let goodMatch = 3

  /// How many tokens are known.
  private var count = 0

  /// Takes up the new tokens at the end of a text.
  ///
  /// - Parameters:
  ///   - tokens: all tokens of the text: those of earlier calls, and more.
  ///   - record: called for each new token that another one was expected for, or the same, with its
  ///     place, `matchLength` before it, and whether it is the expected one.
  mutating func update(
    from tokens: [Int32],
    record: (_ place: Int, _ matchLength: Int, _ isRight: Bool) -> Void = { _, _, _ in }
  ) {
    while self.count < tokens.count {
      if let next = self.next {
        let isRight = tokens[next] == tokens[self.count]
        record(self.count, self.matchLength, isRight)
        self.next = next + 1
        self.matchLength =
          isRight ? min(self.matchLength + 1, Self.longestMatch) : self.matchLength / 4
      }
      self.count += 1
      self.register(tokens)
    }
  }

  /// Looks for the last two and three known tokens, and remembers them for later.
  private mutating func register(_ tokens: [Int32]) {
    guard self.count >= 2 else { return }
    let pair = Self.key(tokens[self.count - 2], tokens[self.count - 1])
    // Should two keys be equal, the match that is found at the place is short or none.
    let triple = self.count >= 3 ? 1 << 63 | Self.key(tokens[self.count - 3], 0) << 21 ^ pair : nil
    if self.matchLength < Self.goodMatch {
      let place = triple.flatMap { self.places[$0] } ?? self.places[pair]
      if let place { self.follow(place, in: tokens) }
    }
    self.places[pair] = self.count
    if let triple { self.places[triple] = self.count }
  }

  private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 21 | UInt64(UInt32(bitPattern: second))
  }

  /// Follows a place if it matches better than the present one.
  private mutating func follow(_ place: Int, in tokens: [Int32]) {
    var length = 0
    while length < min(Self.longestMatch, place),
      tokens[place - 1 - length] == tokens[self.count - 1 - length]
    {
      length += 1
    }
    if length > self.matchLength { (self.next, self.matchLength) = (place, length) }
  }

  /// The `length` tokens that are expected to follow the known ones. Where the text repeats its own end,
  /// they repeat it further.
  func draft(of length: Int, after tokens: [Int32]) -> [Int32] {
    guard let next else { return [] }
    var draft: [Int32] = []
    for place in next ..< next + length {
      draft.append(place < tokens.count ? tokens[place] : draft[place - tokens.count])
    }
    return draft
  }
}
