/// Writes a `pattern`, a regular expression of ECMA-262, as the inside of a JSON string that it
/// matches: the part of the language that describes characters, without looking around.
struct PatternConverter {
  private let text: [Unicode.Scalar]
  private let path: SchemaPath
  private var index = 0
  private var depth = 0

  /// - Parameter character: an expression for any character of a JSON string: a pattern without
  ///   "^" or "$" lets any text be before or after it.
  /// - Throws: `SchemaError` for what is no regular expression, or not supported.
  static func expression(
    for pattern: String,
    at path: SchemaPath,
    character: String
  ) throws(SchemaError) -> String {
    var converter = PatternConverter(text: Array(pattern.unicodeScalars), path: path)
    let alternatives = try converter.topAlternatives(character)
    return GBNF.choice(alternatives)
  }

  private init(text: [Unicode.Scalar], path: SchemaPath) {
    self.text = text
    self.path = path
  }

  /// Anchors are for one alternative, and only at its ends.
  private mutating func topAlternatives(_ character: String) throws(SchemaError) -> [String] {
    var alternatives: [String] = []
    repeat {
      if self.current == "|" { self.index += 1 }
      let isAtStart = self.take("^")
      let sequence = try self.sequence()
      let isAtEnd = self.take("$")
      guard self.current == nil || self.current == "|" else { throw self.unexpected() }
      alternatives.append(
        (isAtStart ? "" : "\(character)* ") + sequence + (isAtEnd ? "" : " \(character)*")
      )
    } while self.current == "|"
    return alternatives
  }

  private mutating func sequence() throws(SchemaError) -> String {
    var items: [String] = []
    while let current, current != "|", current != ")", current != "$" {
      items.append(try self.repeated(try self.item()))
    }
    return items.isEmpty ? "\"\"" : items.joined(separator: " ")
  }

  private mutating func item() throws(SchemaError) -> String {
    switch self.current {
    case "(": return try self.group()
    case "[": return GBNF.jsonCharacter(try self.characterClass())
    case ".":
      self.index += 1
      return GBNF.jsonCharacter(Self.lineEnds.inverted)
    case "\\": return GBNF.jsonCharacter(try self.escape())
    case "*", "+", "?", "^", "{", "}", "]", nil: throw self.unexpected()
    case let scalar?:
      self.index += 1
      return GBNF.jsonCharacter(ScalarSet(scalar))
    }
  }

  private mutating func group() throws(SchemaError) -> String {
    self.depth += 1
    guard self.depth < GrammarParser.maximumDepth / 4 else {
      throw self.error("has brackets that are nested too deep")
    }
    self.index += 1
    if self.take("?") {
      guard self.take(":") else {
        throw self.error("has a group with \"(?\" that is not supported; only \"(?:\" is")
      }
    }
    var alternatives = [try self.sequence()]
    while self.take("|") { alternatives.append(try self.sequence()) }
    guard self.take(")") else { throw self.unexpected() }
    self.depth -= 1
    return "(" + alternatives.joined(separator: " | ") + ")"
  }

  private mutating func repeated(_ item: String) throws(SchemaError) -> String {
    let expression: String
    switch self.current {
    case "*": expression = GBNF.repetition(item, 0, nil)
    case "+": expression = GBNF.repetition(item, 1, nil)
    case "?": expression = GBNF.repetition(item, 0, 1)
    case "{":
      let (minimum, maximum) = try self.counts()
      return maximum == 0 ? "\"\"" : GBNF.repetition(item, minimum, maximum).afterLazyMark(&self)
    default: return item
    }
    self.index += 1
    return expression.afterLazyMark(&self)
  }

  private mutating func counts() throws(SchemaError) -> (Int, Int?) {
    self.index += 1
    guard let minimum = self.number() else { throw self.unexpected() }
    var maximum: Int? = minimum
    if self.take(",") { maximum = self.number() }
    guard self.take("}") else { throw self.unexpected() }
    if let maximum, maximum < minimum { throw self.error("has a repetition that ends too early") }
    return (minimum, maximum)
  }

  private mutating func number() -> Int? {
    let digits = self.text[self.index...].prefix { "0" ... "9" ~= $0 }
    self.index += digits.count
    return Int(String(String.UnicodeScalarView(digits)))
  }
}

/// Characters.
extension PatternConverter {
  private static let lineEnds = ScalarSet([0xA ... 0xA, 0xD ... 0xD, 0x2028 ... 0x2029])
  private static let digits = ScalarSet([0x30 ... 0x39])
  private static let words = ScalarSet([0x30 ... 0x39, 0x41 ... 0x5A, 0x5F ... 0x5F, 0x61 ... 0x7A])
  private static let spaces = ScalarSet([
    0x9 ... 0xD, 0x20 ... 0x20, 0xA0 ... 0xA0, 0x1680 ... 0x1680, 0x2000 ... 0x200A,
    0x2028 ... 0x2029, 0x202F ... 0x202F, 0x205F ... 0x205F, 0x3000 ... 0x3000, 0xFEFF ... 0xFEFF,
  ])

  private mutating func characterClass() throws(SchemaError) -> ScalarSet {
    self.index += 1
    let isInverted = self.take("^")
    var set = ScalarSet()
    while !self.take("]") {
      guard self.current != nil else { throw self.error("has a class that is not closed") }
      let first = try self.classMember()
      if self.current == "-", self.index + 1 < self.text.count, self.text[self.index + 1] != "]" {
        self.index += 1
        let last = try self.classMember()
        guard
          let low = first.single, let high = last.single, low <= high
        else { throw self.error("has a range that is none") }
        set = set.union(ScalarSet([low ... high]))
      } else {
        set = set.union(first)
      }
    }
    return isInverted ? set.inverted : set.intersection(.all)
  }

  private mutating func classMember() throws(SchemaError) -> ScalarSet {
    guard let current else { throw self.error("has a class that is not closed") }
    if current == "\\" { return try self.escape() }
    self.index += 1
    return ScalarSet(current)
  }

  private mutating func escape() throws(SchemaError) -> ScalarSet {
    self.index += 1
    guard let current else { throw self.error("ends with \"\\\"") }
    self.index += 1
    switch current {
    case "d": return Self.digits
    case "D": return Self.digits.inverted
    case "w": return Self.words
    case "W": return Self.words.inverted
    case "s": return Self.spaces
    case "S": return Self.spaces.inverted
    case "n": return ScalarSet("\n")
    case "r": return ScalarSet("\r")
    case "t": return ScalarSet("\t")
    case "f": return ScalarSet("\u{C}")
    case "v": return ScalarSet("\u{B}")
    case "x": return try self.hexadecimal(2)
    case "u": return try self.hexadecimal(4)
    case "a" ... "z", "A" ... "Z", "0" ... "9":
      throw self.error("has the escape \"\\\(current)\", which is not supported")
    default: return ScalarSet(current)
    }
  }

  private mutating func hexadecimal(_ count: Int) throws(SchemaError) -> ScalarSet {
    let digits = self.text[self.index...].prefix(count).prefix { $0.properties.isASCIIHexDigit }
    guard
      digits.count == count,
      let code = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
      let scalar = Unicode.Scalar(code)
    else { throw self.error("has an escape that is no character") }
    self.index += count
    return ScalarSet(scalar)
  }

  private var current: Unicode.Scalar? {
    self.index < self.text.count ? self.text[self.index] : nil
  }

  fileprivate mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard self.current == scalar else { return false }
    self.index += 1
    return true
  }

  private func unexpected() -> SchemaError {
    guard let current else { return self.error("ends too early") }
    return self.error("has a \"\(current)\" at character \(self.index + 1) that is not supported")
  }

  private func error(_ reason: String) -> SchemaError {
    SchemaError(
      "the pattern \"\(String(String.UnicodeScalarView(self.text)))\"",
      at: self.path,
      reason
    )
  }
}

extension ScalarSet {
  /// The one scalar of the set; nil for none and for several.
  fileprivate var single: UInt32? {
    guard self.ranges.count == 1, self.ranges[0].count == 1 else { return nil }
    return self.ranges[0].lowerBound
  }
}

extension String {
  /// Whether as few as possible are wanted makes no difference to what is matched.
  fileprivate func afterLazyMark(_ converter: inout PatternConverter) -> String {
    _ = converter.take("?")
    return self
  }
}
