/// The kinds of characters in the patterns that split texts into words.
enum ScalarKind {
  /// A letter, `\p{L}`.
  case letter
  /// An ASCII digit.
  case digit
  /// An ASCII space.
  case space
  /// A line feed.
  case newline
  /// A punctuation mark or a symbol, `\p{P}` or `\p{S}`.
  case mark
  /// Anything else, which patterns treat differently, and characters too new for some libllama's
  /// tables.
  case unsure

  init(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "a" ... "z", "A" ... "Z": self = .letter
    case "0" ... "9": self = .digit
    case " ": self = .space
    case "\n": self = .newline
    case "!" ... "~": self = .mark
    case "\0" ... "\u{FF}": self = .unsure
    default:
      let properties = scalar.properties
      guard let age = properties.age, age.major <= 9, !properties.isWhitespace else {
        self = .unsure
        return
      }
      self =
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
          .letter
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
          .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
          .initialPunctuation, .finalPunctuation, .otherPunctuation:
          .mark
        default: .unsure
        }
    }
  }
}

/// The characters around a place in a text.
struct TextPlace {
  private let text: [UInt8]
  private let offset: Int

  /// - Parameter text: UTF-8.
  init(_ offset: Int, in text: [UInt8]) {
    self.text = text
    self.offset = offset
  }

  /// Whether a character begins here.
  var isBetweenCharacters: Bool {
    self.offset >= self.text.count || self.text[self.offset] & 0xC0 != 0x80
  }

  /// The character at a distance from the place: the next is 0, the one before it -1; nil outside
  /// of the text. The characters in between must be ASCII.
  func scalar(_ distance: Int) -> Unicode.Scalar? {
    distance < 0 ? self.before(-distance) : self.after(distance)
  }

  func kind(_ distance: Int) -> ScalarKind? { self.scalar(distance).map(ScalarKind.init) }

  private func after(_ count: Int) -> Unicode.Scalar? {
    var start = self.offset
    for _ in 0 ..< count {
      guard start < self.text.count else { return nil }
      start += 1
      while start < self.text.count, self.text[start] & 0xC0 == 0x80 { start += 1 }
    }
    return Self.scalar(at: start, in: self.text)
  }

  private func before(_ count: Int) -> Unicode.Scalar? {
    var start = self.offset
    for _ in 0 ..< count {
      guard start > 0 else { return nil }
      start -= 1
      while start > 0, self.text[start] & 0xC0 == 0x80 { start -= 1 }
    }
    return Self.scalar(at: start, in: self.text)
  }

  private static func scalar(at start: Int, in text: [UInt8]) -> Unicode.Scalar? {
    guard start < text.count else { return nil }
    let first = text[start]
    if first < 0x80 { return Unicode.Scalar(first) }
    var bytes = text[start ..< min(start + 4, text.count)].makeIterator()
    var decoder = UTF8()
    if case .scalarValue(let scalar) = decoder.decode(&bytes) { return scalar }
    return nil
  }
}
