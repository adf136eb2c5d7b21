/// Where a text may be cut so that the parts have the same tokens as the whole.
///
/// Models split a text into words by a pattern, and each word into tokens by merging pairs in the
/// order of a table. So a text may be cut between words, and within a word where no merge crosses
/// the place. That is so if the two tokens beside the place, tokenized as a word of their own, stay
/// the same two tokens. (Merges happen in the same order in both cases, so one that crosses the
/// place in the whole would also do so there.) In either case the pattern must find the same words
/// when it starts at the place: this type knows where it does, for libllama's patterns.
enum CutRule: Equatable {
  /// Byte-pair encoding of words that libllama's own matchers find, by classes of characters.
  case classes
  /// Byte-pair encoding of words by another pattern, which `std::regex` matches recursively: a long
  /// stretch without a cut would overflow the stack.
  case patterns(Runs)
  /// Merges in lines, without words.
  case lines
  /// SentencePiece: merges anywhere.
  case anywhere
  /// WordPiece: words between spaces.
  case spaces
  /// An unknown tokenizer.
  case unknown

  /// Whether the pattern finds the rest of a word when it starts within one of small ASCII letters.
  enum Runs {
    case cut
    case whole
  }

  /// The longest stretch without a cut that is accepted, in bytes: it is tokenized at once.
  var longestPiece: Int {
    switch self {
    case .classes, .lines, .anywhere, .spaces: 64 << 10
    case .patterns: 32 << 10
    case .unknown: .max
    }
  }

  /// Whether a text may be cut at a place, whatever the tokens are there.
  func isBetweenWords(_ place: TextPlace) -> Bool {
    guard let before = place.kind(-1), let after = place.kind(0) else { return false }
    switch self {
    case .classes:
      switch (before, after) {
      case (.letter, .space), (.digit, .space), (.mark, .space): return place.kind(1) == .letter
      case (.newline, .letter): return place.kind(-2)?.isVisible == true
      case (.letter, .digit), (.letter, .mark), (.digit, .letter), (.digit, .mark),
        (.mark, .digit):
        return true
      default: return false
      }
    case .patterns:
      switch (before, after) {
      case (.letter, .space): return place.isASCII(-1) && place.isASCIILetter(1)
      case (.newline, .letter):
        return place.isASCIILetter(0) && place.kind(-2)?.isVisible == true && place.isASCII(-2)
      default: return false
      }
    case .lines: return before == .newline && after == .letter
    case .spaces: return after == .space
    case .anywhere, .unknown: return false
    }
  }

  /// Whether a text may be cut at a place where a token ends, if no merge crosses it.
  ///
  /// - Parameter start: the last cut, which this rule also allowed if `wasWithin`.
  func isWithinWord(_ offset: Int, in text: [UInt8], from start: Int, _ wasWithin: Bool) -> Bool {
    let place = TextPlace(offset, in: text)
    guard place.isBetweenCharacters, let before = place.kind(-1), let after = place.kind(0) else {
      return false
    }
    switch self {
    case .anywhere: return true
    case .lines: return before != .newline && after != .newline
    case .patterns(.cut):
      return (-3 ... 0).allSatisfy { place.scalar($0).map { ("a" ... "z").contains($0) } == true }
    case .classes:
      switch (before, after) {
      case (.letter, .letter):
        // Not in a contraction: "they'reading" has the word "'re".
        return !place.isASCII(-1) || (-3 ... -1).allSatisfy { place.kind($0) == .letter }
      case (.mark, .mark):
        // The last mark could begin a word with the letter after it.
        return place.kind(1) == .mark
      case (.digit, .digit):
        return Self.isRun(to: offset, in: text, from: start, wasWithin, of: 3, "0" ... "9")
      case (.space, .space):
        return place.kind(1) == .space
          && Self.isRun(to: offset, in: text, from: start, wasWithin, of: 1, " " ... " ")
      default: return false
      }
    case .patterns(.whole), .spaces, .unknown: return false
    }
  }

  /// Whether a multiple of `count` characters of one kind precede a place, back to the last cut or
  /// to a character that begins no word with them.
  private static func isRun(
    to offset: Int,
    in text: [UInt8],
    from start: Int,
    _ wasWithin: Bool,
    of count: Int,
    _ bytes: ClosedRange<Unicode.Scalar>
  ) -> Bool {
    var begin = offset
    while begin > start, bytes.contains(Unicode.Scalar(text[begin - 1])) { begin -= 1 }
    guard (offset - begin) % count == 0 else { return false }
    if begin == start && wasWithin { return true }
    guard begin > 0 else { return true }
    return ScalarKind(Unicode.Scalar(text[begin - 1])).isVisible
  }
}

extension ScalarKind {
  /// Whether the kind is known and not white space.
  fileprivate var isVisible: Bool {
    switch self {
    case .letter, .digit, .mark: true
    case .space, .newline, .unsure: false
    }
  }
}

extension TextPlace {
  fileprivate func isASCII(_ distance: Int) -> Bool {
    self.scalar(distance)?.isASCII == true
  }

  fileprivate func isASCIILetter(_ distance: Int) -> Bool {
    self.isASCII(distance) && self.kind(distance) == .letter
  }
}
