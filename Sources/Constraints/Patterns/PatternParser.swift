/// Parses regular expressions of ECMA-262.
struct PatternParser {
  static let maximumDepth = 100

  private(set) var parts: [Pattern.Part] = []
  private(set) var root = 0
  private let text: [Unicode.Scalar]
  private var index = 0

  init(_ text: String) {
    self.text = Array(text.unicodeScalars)
  }

  /// A pair of brackets, or the whole pattern.
  private struct Group {
    var alternatives: [Int] = []
    var items: [Int] = []
  }

  mutating func parse() throws(PatternError) {
    var open = [Group()]
    while true {
      let last = open.count - 1
      switch self.current {
      case nil, ")"?:
        guard self.current == nil ? last == 0 : last > 0 else { throw self.unexpected() }
        let sequence = self.add(.sequence(open[last].items))
        let group = self.add(.choice(open[last].alternatives + [sequence]))
        guard self.current != nil else {
          self.root = group
          return
        }
        self.index += 1
        open.removeLast()
        open[last - 1].items.append(try self.repeated(group))
      case "|"?:
        self.index += 1
        open[last].alternatives.append(self.add(.sequence(open[last].items)))
        open[last].items = []
      case "("?:
        guard open.count <= Self.maximumDepth else {
          throw PatternError("has brackets that are nested more than \(Self.maximumDepth) deep")
        }
        try self.beginGroup()
        open.append(Group())
      case "^"?:
        self.index += 1
        open[last].items.append(self.add(.start))
      case "$"?:
        self.index += 1
        open[last].items.append(self.add(.end))
      default:
        let set = try self.characters()
        open[last].items.append(try self.repeated(self.add(.characters(set))))
      }
    }
  }

  private mutating func add(_ part: Pattern.Part) -> Int {
    self.parts.append(part)
    return self.parts.count - 1
  }

  private mutating func beginGroup() throws(PatternError) {
    self.index += 1
    guard self.take("?") else { return }
    if self.take(":") { return }
    // A named group.
    if self.current == "<", self.index + 1 < self.text.count,
      self.text[self.index + 1] != "=", self.text[self.index + 1] != "!"
    {
      while let current, current != ">" { self.index += 1 }
      if self.take(">") { return }
    }
    throw PatternError("has a group with \"(?\" that is not supported; only \"(?:\" is")
  }

  private mutating func repeated(_ item: Int) throws(PatternError) -> Int {
    let (minimum, maximum): (Int, Int?)
    switch self.current {
    case "*": (minimum, maximum) = (0, nil)
    case "+": (minimum, maximum) = (1, nil)
    case "?": (minimum, maximum) = (0, 1)
    case "{":
      guard let counts = try self.counts() else { throw self.unexpected() }
      // Laziness makes no difference to which texts match.
      _ = self.take("?")
      return self.add(.repetition(item, minimum: counts.0, maximum: counts.1))
    default: return item
    }
    self.index += 1
    _ = self.take("?")
    return self.add(.repetition(item, minimum: minimum, maximum: maximum))
  }

  private mutating func counts() throws(PatternError) -> (Int, Int?)? {
    self.index += 1
    guard let minimum = self.number() else { return nil }
    var maximum: Int? = minimum
    if self.take(",") { maximum = self.number() }
    guard self.take("}") else { return nil }
    if let maximum, maximum < minimum {
      throw PatternError("has a repetition that ends too early")
    }
    return (minimum, maximum)
  }

  /// A number, clamped to a length that no text reaches.
  private mutating func number() -> Int? {
    let start = self.index
    var number = 0
    while let current, "0" ... "9" ~= current {
      number = min(number * 10 + Int(current.value - 48), Int(RuleBuilder.maximumCount))
      self.index += 1
    }
    return self.index > start ? number : nil
  }
}

/// Characters.
extension PatternParser {
  private static let lineEnds = ScalarSet([0xA ... 0xA, 0xD ... 0xD, 0x2028 ... 0x2029])
  private static let digits = ScalarSet([0x30 ... 0x39])
  private static let words = ScalarSet([0x30 ... 0x39, 0x41 ... 0x5A, 0x5F ... 0x5F, 0x61 ... 0x7A])
  private static let spaces = ScalarSet([
    0x9 ... 0xD, 0x20 ... 0x20, 0xA0 ... 0xA0, 0x1680 ... 0x1680, 0x2000 ... 0x200A,
    0x2028 ... 0x2029, 0x202F ... 0x202F, 0x205F ... 0x205F, 0x3000 ... 0x3000, 0xFEFF ... 0xFEFF,
  ])
  private static let classes: [Unicode.Scalar: ScalarSet] = [
    "d": digits, "D": digits.inverted, "w": words, "W": words.inverted, "s": spaces,
    "S": spaces.inverted,
  ]
  private static let anyCharacter = lineEnds.inverted

  private mutating func characters() throws(PatternError) -> ScalarSet {
    switch self.current {
    case "[": return try self.characterClass()
    case ".":
      self.index += 1
      return Self.anyCharacter
    case "\\": return try self.escape()
    case "*", "+", "?", "{", "}", "]", nil: throw self.unexpected()
    case let scalar?:
      self.index += 1
      return ScalarSet(scalar)
    }
  }

  private mutating func characterClass() throws(PatternError) -> ScalarSet {
    self.index += 1
    let isInverted = self.take("^")
    var ranges: [ScalarSet.Range] = []
    while !self.take("]") {
      let first = try self.classMember()
      guard
        self.current == "-", self.index + 1 < self.text.count, self.text[self.index + 1] != "]"
      else {
        ranges += first.ranges
        continue
      }
      self.index += 1
      let last = try self.classMember()
      guard let low = first.single, let high = last.single else {
        // Next to a class, "-" is an ordinary character (ECMA-262 B.1.2.8.1).
        ranges += first.ranges + last.ranges + ScalarSet("-").ranges
        continue
      }
      guard low <= high else { throw PatternError("has a range that ends before it begins") }
      ranges.append(low ... high)
    }
    let set = ScalarSet(ranges)
    return isInverted ? set.inverted : set.intersection(.all)
  }

  private mutating func classMember() throws(PatternError) -> ScalarSet {
    guard let current else { throw PatternError("has a class that is not closed") }
    if current == "\\" { return try self.escape(isInClass: true) }
    self.index += 1
    return ScalarSet(current)
  }

  private mutating func escape(isInClass: Bool = false) throws(PatternError) -> ScalarSet {
    self.index += 1
    guard let current else { throw PatternError("ends with \"\\\"") }
    self.index += 1
    if let set = Self.classes[current] { return set }
    switch current {
    case "n": return ScalarSet("\n")
    case "r": return ScalarSet("\r")
    case "t": return ScalarSet("\t")
    case "f": return ScalarSet("\u{C}")
    case "v": return ScalarSet("\u{B}")
    case "b" where isInClass: return ScalarSet("\u{8}")
    case "0" where self.current.map { "0" ... "9" ~= $0 } != true: return ScalarSet("\0")
    case "c":
      guard let letter = self.current, "a" ... "z" ~= letter || "A" ... "Z" ~= letter else {
        throw PatternError("has the escape \"\\c\" without a letter")
      }
      self.index += 1
      return ScalarSet([letter.value % 32 ... letter.value % 32])
    case "x": return try self.hexadecimal(2)
    case "u": return self.take("{") ? try self.codePoint() : try self.hexadecimal(4)
    case "p", "P":
      throw PatternError(
        "has the escape \"\\\(current)\", which is not supported: name the characters instead"
      )
    case "a" ... "z", "A" ... "Z", "0" ... "9":
      throw PatternError("has the escape \"\\\(current)\", which is not supported")
    default: return ScalarSet(current)
    }
  }

  private mutating func codePoint() throws(PatternError) -> ScalarSet {
    var code: UInt32 = 0
    while let current, let digit = Character(current).hexDigitValue, code <= 0x10FFFF {
      code = code << 4 | UInt32(digit)
      self.index += 1
    }
    guard self.take("}"), let scalar = Unicode.Scalar(code) else {
      throw PatternError("has an escape that is not a character")
    }
    return ScalarSet(scalar)
  }

  /// Two escapes may form a surrogate pair.
  private mutating func hexadecimal(_ count: Int) throws(PatternError) -> ScalarSet {
    guard var code = self.digits(count) else {
      throw PatternError("has an escape that is not a character")
    }
    if 0xD800 ... 0xDBFF ~= code, self.take("\\"), self.take("u"), let low = self.digits(4),
      0xDC00 ... 0xDFFF ~= low
    {
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw PatternError("has half of a surrogate pair, which is not a character")
    }
    return ScalarSet(scalar)
  }

  private mutating func digits(_ count: Int) -> UInt32? {
    let digits = self.text[self.index...].prefix(count).prefix { $0.properties.isASCIIHexDigit }
    guard digits.count == count else { return nil }
    self.index += count
    return digits.reduce(0) { $0 << 4 | UInt32(Character($1).hexDigitValue ?? 0) }
  }

  private var current: Unicode.Scalar? {
    self.index < self.text.count ? self.text[self.index] : nil
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard self.current == scalar else { return false }
    self.index += 1
    return true
  }

  private func unexpected() -> PatternError {
    guard let current else { return PatternError("ends too early") }
    return PatternError(
      "has a \"\(current)\" at character \(self.index + 1) that is not supported"
    )
  }
}

extension ScalarSet {
  /// The only scalar of the set; nil for none and for several.
  fileprivate var single: UInt32? {
    guard self.ranges.count == 1, self.ranges[0].count == 1 else { return nil }
    return self.ranges[0].lowerBound
  }
}
