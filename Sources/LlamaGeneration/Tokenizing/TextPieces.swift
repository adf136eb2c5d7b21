internal import Generation

/// A text on its way to tokens, piece by piece.
struct TextPieces {
  private let text: [UInt8]
  private let model: LlamaModel
  private let rule: CutRule
  private let parseSpecial: Bool
  /// Those of the text up to `start`.
  private(set) var tokens: [Int32] = []
  /// Where the next piece begins.
  private(set) var start = 0
  /// Whether it begins within a word, or what could be one.
  private var isWithinWord = false

  /// The end of a piece within a word is at most so many tokens before what libllama was given: with
  /// what follows, it chose most of them as it would for the whole.
  private static let maximumTokensBehind = 64
  /// The bytes that are left behind in any case.
  private static let bytesBehind = 64
  /// How often a cut within a word is moved to an earlier one.
  private static let maximumMoves = 16

  /// - Parameters:
  ///   - text: UTF-8.
  ///   - parseSpecial: whether control tokens are looked for.
  init(_ text: [UInt8], _ model: LlamaModel, _ rule: CutRule, parseSpecial: Bool) {
    self.text = text
    self.model = model
    self.rule = rule
    self.parseSpecial = parseSpecial
  }

  var isAtEnd: Bool { self.start >= self.text.count }

  /// Adds the tokens of the next piece.
  ///
  /// - Parameter size: what a piece has, in bytes, where a larger one is not necessary.
  /// - Returns: false when the text has no place to cut for longer than the rule has a piece.
  /// - Throws: `deadlineExceeded` when the caller waits no more.
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

  /// The end of a piece that is not within a word, the last one in the second half of a size.
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

  /// Whether no merge would cross the place within a word where a piece with these tokens begins.
  private func fits(_ new: [Int32]) -> Bool {
    // Tokens may be parts of characters: as many of them as are whole ones.
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

  /// Gives tokens back, up to a place where the text may be cut within a word.
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

  /// How many bytes of the text a token is.
  ///
  /// - Returns: nil when the text has something else there: the token is a special one, or stands for
  ///   an unknown text.
  private func length(of token: Int32, endingAt end: Int) -> Int? {
    let bytes = self.model.bytes(of: token)
    guard
      !bytes.isEmpty, !self.model.tokenizing.isSpecial(token), bytes.count <= end,
      self.text[end - bytes.count ..< end].elementsEqual(bytes)
    else { return nil }
    return bytes.count
  }

  /// - Returns: nil when libllama does not cut the text as it should be by the rule.
  private func tokens(from start: Int, to end: Int) -> [Int32]? {
    guard self.rule == .anywhere, self.isWithinWord else {
      return self.model.tokens(
        of: self.text[start ..< end],
        addSpecial: false,
        parseSpecial: self.parseSpecial
      )
    }
    // libllama would put a space before the text; so it has something else before it that is in no
    // token with more, and so is in no merge.
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
