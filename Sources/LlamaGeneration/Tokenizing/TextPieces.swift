internal import Generation

/// Tokenizes a text piece by piece.
struct TextPieces {
  private let text: [UInt8]
  private let model: LlamaModel
  private let rule: CutRule
  private let parseSpecial: Bool
  /// The tokens of the text up to `start`.
  private(set) var tokens: [Int32] = []
  /// Where the next piece begins.
  private(set) var start = 0
  /// Whether it may begin within a word.
  private var isWithinWord = false

  /// A cut within a word is at most this many tokens before the end of what libllama was given:
  /// with the text after it, libllama mostly chose the tokens of the whole.
  private static let maximumTokensBehind = 64
  /// The bytes before the end at which no cut is tried.
  private static let bytesBehind = 64
  /// How often a cut within a word may be moved back.
  private static let maximumMoves = 16

  /// - Parameters:
  ///   - text: UTF-8.
  ///   - parseSpecial: whether to parse control tokens.
  init(_ text: [UInt8], _ model: LlamaModel, _ rule: CutRule, parseSpecial: Bool) {
    self.text = text
    self.model = model
    self.rule = rule
    self.parseSpecial = parseSpecial
  }

  var isAtEnd: Bool { self.start >= self.text.count }

  /// Adds the tokens of the next piece.
  ///
  /// - Parameter size: the size of a piece, in bytes, unless it must be larger.
  /// - Returns: false when the text has no cut within the rule's longest piece.
  /// - Throws: `deadlineExceeded` when the caller no longer waits.
  mutating func addNext(_ size: Int) async throws(GenerationError) -> Bool {
    var size = size
    var moves = 0
    while true {
      let places = self.places(size)
      let cut = self.cut(size, places)
      let end = cut ?? self.wholeCharacters(to: self.start + size)
      guard let new = self.tokens(from: self.start, to: end) else { return false }
      if self.isWithinWord && !self.fits(new) {
        moves += 1
        guard moves <= Self.maximumMoves, self.moveBack() else { return false }
      } else if cut != nil {
        self.tokens += new
        self.start = end
        self.isWithinWord = false
        return true
      } else if let (count, place) = self.cutWithinWord(new, to: end, places) {
        self.tokens += new[..<count]
        self.start = place
        self.isWithinWord = true
        return true
      } else {
        size *= 2
        if size > self.rule.longestPiece { return false }
        try await WorkQueue.endSlice()
      }
    }
  }

  private func wholeCharacters(to end: Int) -> Int {
    var end = end
    while !TextPlace(end, in: self.text).isBetweenCharacters { end -= 1 }
    return end
  }

  private func places(_ size: Int) -> SpecialPlaces? {
    let end = self.start + size
    if end >= self.text.count { return nil }
    return SpecialPlaces(
      self.model.tokenizing.specialTexts,
      in: self.text,
      self.start + size / 2 ... end,
      withControl: self.parseSpecial
    )
  }

  /// The end of a piece between words, the last one in the second half of the size.
  ///
  /// - Parameter places: nil at the end of the text.
  private func cut(_ size: Int, _ places: SpecialPlaces?) -> Int? {
    guard let places else { return self.text.count }
    return (self.start + size / 2 ... self.start + size).last { place in
      if places.isCrossed(place) { return false }
      if places.isEnd(place) { return true }
      let place = TextPlace(place, in: self.text)
      return place.isBetweenCharacters && self.rule.isBetweenWords(place)
    }
  }

  /// The end of a piece within a word, at the end of a token.
  private func cutWithinWord(
    _ new: [Int32],
    to end: Int,
    _ places: SpecialPlaces?
  ) -> (count: Int, place: Int)? {
    guard let places else { return nil }
    let middle = self.start + (end - self.start) / 2
    var place = end
    var tried = 0
    for count in new.indices.reversed() {
      guard let length = self.length(of: new[count], endingAt: place), place - length > middle
      else { return nil }
      place -= length
      if place > end - Self.bytesBehind { continue }
      if count > 0, !self.model.tokenizing.isSpecial(new[count - 1]), !places.isCrossed(place),
        self.rule.isWithinWord(place, in: self.text, from: self.start, self.isWithinWord)
      {
        return (count, place)
      }
      tried += 1
      if tried > Self.maximumTokensBehind { return nil }
    }
    return nil
  }

  /// Whether no merge crosses the place within a word where a piece with these tokens begins.
  private func fits(_ new: [Int32]) -> Bool {
    // Tokens may be parts of characters: takes enough for whole characters.
    var begin = self.start
    var before = 0
    repeat {
      before += 1
      guard before <= self.tokens.count else { return false }
      guard let length = self.length(of: self.tokens[self.tokens.count - before], endingAt: begin)
      else { return false }
      begin -= length
    } while !TextPlace(begin, in: self.text).isBetweenCharacters
    var end = self.start
    var after = 0
    repeat {
      guard after < new.count else { return false }
      let bytes = self.model.bytes(of: new[after])
      guard self.text[end...].starts(with: bytes) else { return false }
      end += bytes.count
      after += 1
    } while !TextPlace(end, in: self.text).isBetweenCharacters
    guard let both = self.tokens(from: begin, to: end) else { return false }
    return both.elementsEqual(self.tokens.suffix(before) + new.prefix(after))
  }

  /// Removes tokens back to a place where the text may be cut within a word.
  private mutating func moveBack() -> Bool {
    for _ in 0 ..< Self.maximumTokensBehind {
      guard let last = self.tokens.last, let length = self.length(of: last, endingAt: self.start)
      else { return false }
      self.tokens.removeLast()
      self.start -= length
      guard self.start > 0, let before = self.tokens.last, !self.model.tokenizing.isSpecial(before)
      else {
        return false
      }
      let places = SpecialPlaces(
        self.model.tokenizing.specialTexts,
        in: self.text,
        self.start ... self.start,
        withControl: self.parseSpecial
      )
      if !places.isCrossed(self.start),
        self.rule.isWithinWord(self.start, in: self.text, from: 0, false)
      {
        return true
      }
    }
    return false
  }

  /// The size of a token in the text, in bytes.
  ///
  /// - Returns: nil when the text differs there: the token is special, or stands for unknown text.
  private func length(of token: Int32, endingAt end: Int) -> Int? {
    let bytes = self.model.bytes(of: token)
    guard
      !bytes.isEmpty, !self.model.tokenizing.isSpecial(token), bytes.count <= end,
      self.text[end - bytes.count ..< end].elementsEqual(bytes)
    else { return nil }
    return bytes.count
  }

  /// - Returns: nil when libllama does not split the text according to the rule.
  private func tokens(from start: Int, to end: Int) -> [Int32]? {
    guard self.rule == .anywhere, self.isWithinWord else {
      return self.model.tokens(
        of: self.text[start ..< end],
        addSpecial: false,
        parseSpecial: self.parseSpecial
      )
    }
    // libllama would put a space before the text, so a guardian precedes it, which takes part in no
    // merge.
    guard let guardian = self.model.tokenizing.guardian else { return nil }
    let tokens = self.model.tokens(
      of: guardian.text + self.text[start ..< end],
      addSpecial: false,
      parseSpecial: self.parseSpecial
    )
    guard tokens.starts(with: guardian.tokens) else { return nil }
    return Array(tokens.dropFirst(guardian.tokens.count))
  }
}
