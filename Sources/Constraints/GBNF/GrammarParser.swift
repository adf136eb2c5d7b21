/// Reads GBNF, the grammars of llama.cpp (grammars/README.md there), without its tokens in angle
/// brackets.
///
///     root ::= "yes" | "no" [.!]?   # a comment
struct GrammarParser {
  /// A rule, and where in the text its name is.
  struct Rule {
    var name: String
    var offset: Int
    var expression: Expression
  }

  static let maximumSize = 256 * 1024
  /// Of brackets in brackets.
  static let maximumDepth = 100
  static let maximumRepetitions = 100_000

  private let text: [Unicode.Scalar]
  private var index = 0
  private var depth = 0

  /// - Throws: `GrammarError` with the line and column where the text is no GBNF.
  static func rules(of text: String) throws(GrammarError) -> [Rule] {
    guard text.utf8.count <= self.maximumSize else {
      throw GrammarError(
        "it has \(text.utf8.count) bytes, but at most \(self.maximumSize) are allowed"
      )
    }
    var parser = GrammarParser(text)
    var rules: [Rule] = []
    parser.skipSpace(withNewlines: true)
    while parser.current != nil { rules.append(try parser.rule()) }
    return rules
  }

  private init(_ text: String) {
    self.text = Array(text.unicodeScalars)
  }

  private mutating func rule() throws(GrammarError) -> Rule {
    let offset = self.index
    let name = try self.name()
    self.skipSpace(withNewlines: false)
    for character in "::=".unicodeScalars {
      guard self.current == character else { throw self.error("expected \"::=\" after a name") }
      self.index += 1
    }
    self.skipSpace(withNewlines: true)
    let expression = try self.choice()
    guard self.current == nil || self.current?.isNewline == true else {
      throw self.error("expected the end of the line")
    }
    self.skipSpace(withNewlines: true)
    return Rule(name: name, offset: offset, expression: expression)
  }

  private mutating func choice() throws(GrammarError) -> Expression {
    var alternatives = [try self.sequence()]
    while self.current == "|" {
      self.index += 1
      self.skipSpace(withNewlines: true)
      alternatives.append(try self.sequence())
    }
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  private mutating func sequence() throws(GrammarError) -> Expression {
    var items: [Expression] = []
    while let item = try self.item() {
      self.skipSpace(withNewlines: self.depth > 0)
      items.append(try self.repeated(item))
    }
    return items.count == 1 ? items[0] : .sequence(items)
  }

  /// - Returns: nil where no item begins.
  private mutating func item() throws(GrammarError) -> Expression? {
    switch self.current {
    case "\""?: return try self.literal()
    case "["?: return .scalar(try self.characterClass())
    case "("?: return try self.group()
    case "."?:
      self.index += 1
      return .scalar(.all)
    case "<"?, "!"?:
      throw self.error("tokens in angle brackets are not supported: write their text")
    case "*"?, "+"?, "?"?, "{"?:
      throw self.error("there is nothing to repeat")
    case let first? where first.isNamePart:
      let offset = self.index
      return .rule(name: try self.name(), at: offset)
    default: return nil
    }
  }

  private mutating func group() throws(GrammarError) -> Expression {
    let start = self.index
    self.depth += 1
    guard self.depth <= Self.maximumDepth else {
      throw self.error("brackets are nested more than \(Self.maximumDepth) deep")
    }
    self.index += 1
    self.skipSpace(withNewlines: true)
    let expression = try self.choice()
    guard self.current == ")" else {
      throw self.current == nil
        ? self.error("the bracket is not closed", at: start) : self.error("expected \")\"")
    }
    self.index += 1
    self.depth -= 1
    return expression
  }

  /// Reads the marks of repetition behind an item.
  private mutating func repeated(_ item: Expression) throws(GrammarError) -> Expression {
    var item = item
    while let (minimum, maximum) = try self.repetition() {
      item = .repetition(item, minimum: minimum, maximum: maximum)
      self.skipSpace(withNewlines: self.depth > 0)
    }
    return item
  }

  private mutating func repetition() throws(GrammarError) -> (Int, Int?)? {
    switch self.current {
    case "*"?:
      self.index += 1
      return (0, nil)
    case "+"?:
      self.index += 1
      return (1, nil)
    case "?"?:
      self.index += 1
      return (0, 1)
    case "{"?: return try self.countedRepetition()
    default: return nil
    }
  }

  private mutating func countedRepetition() throws(GrammarError) -> (Int, Int?) {
    let start = self.index
    self.index += 1
    let minimum = try self.count()
    var maximum: Int? = minimum
    if self.current == "," {
      self.index += 1
      self.skipSpace(withNewlines: false)
      maximum = self.current == "}" ? nil : try self.count()
    }
    guard self.current == "}" else { throw self.error("expected \"}\"") }
    self.index += 1
    if let maximum, maximum < minimum {
      throw self.error("the most repetitions are fewer than the fewest", at: start)
    }
    return (minimum, maximum)
  }

  private mutating func count() throws(GrammarError) -> Int {
    self.skipSpace(withNewlines: false)
    let start = self.index
    var count = 0
    while let digit = self.current, "0" ... "9" ~= digit {
      count = min(count * 10 + Int(digit.value - 48), Self.maximumRepetitions + 1)
      self.index += 1
    }
    guard self.index > start else { throw self.error("expected a number") }
    guard count <= Self.maximumRepetitions else {
      throw self.error("more than \(Self.maximumRepetitions) repetitions", at: start)
    }
    self.skipSpace(withNewlines: false)
    return count
  }
}

/// Characters.
extension GrammarParser {
  private mutating func literal() throws(GrammarError) -> Expression {
    let start = self.index
    self.index += 1
    var scalars: [Expression] = []
    while self.current != "\"" {
      guard self.current != nil else { throw self.error("the text is not closed", at: start) }
      scalars.append(.scalar(ScalarSet(try self.character())))
    }
    self.index += 1
    return .sequence(scalars)
  }

  private mutating func characterClass() throws(GrammarError) -> ScalarSet {
    let start = self.index
    self.index += 1
    let isInverted = self.current == "^"
    if isInverted { self.index += 1 }
    var ranges: [ScalarSet.Range] = []
    while self.current != "]" {
      guard self.current != nil else { throw self.error("the class is not closed", at: start) }
      let first = try self.character()
      var last = first
      if self.current == "-", self.index + 1 < self.text.count, self.text[self.index + 1] != "]" {
        self.index += 1
        last = try self.character()
      }
      guard first <= last else { throw self.error("the range ends before it begins", at: start) }
      ranges.append(first.value ... last.value)
    }
    self.index += 1
    let set = ScalarSet(ranges)
    return isInverted ? set.inverted : set.intersection(.all)
  }

  private mutating func character() throws(GrammarError) -> Unicode.Scalar {
    guard let first = self.current else { throw self.error("it ends too early") }
    let start = self.index
    self.index += 1
    guard first == "\\" else { return first }
    guard let escape = self.current else { throw self.error("it ends too early") }
    self.index += 1
    switch escape {
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "\\", "\"", "[", "]", "-", "^": return escape
    case "x": return try self.hexadecimal(2, from: start)
    case "u": return try self.hexadecimal(4, from: start)
    case "U": return try self.hexadecimal(8, from: start)
    default: throw self.error("\"\\\(escape)\" is no escape of GBNF", at: start)
    }
  }

  private mutating func hexadecimal(
    _ count: Int,
    from start: Int
  ) throws(GrammarError) -> Unicode.Scalar {
    let digits = self.text[self.index...].prefix(count).prefix { $0.properties.isASCIIHexDigit }
    let text = String(String.UnicodeScalarView(digits))
    guard digits.count == count, let code = UInt32(text, radix: 16) else {
      throw self.error("expected \(count) hexadecimal digits", at: start)
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw self.error("U+\(text) is no character", at: start)
    }
    self.index += count
    return scalar
  }

  private mutating func name() throws(GrammarError) -> String {
    let name = self.text[self.index...].prefix { $0.isNamePart }
    guard !name.isEmpty else {
      throw self.error("expected the name of a rule, of letters, digits and \"-\"")
    }
    self.index = name.endIndex
    return String(String.UnicodeScalarView(name))
  }

  private var current: Unicode.Scalar? {
    self.index < self.text.count ? self.text[self.index] : nil
  }

  /// Skips comments, too.
  private mutating func skipSpace(withNewlines: Bool) {
    while let current {
      if current == "#" {
        while let current = self.current, !current.isNewline { self.index += 1 }
      } else if current == " " || current == "\t" || (withNewlines && current.isNewline) {
        self.index += 1
      } else {
        return
      }
    }
  }

  private func error(_ message: String, at offset: Int? = nil) -> GrammarError {
    let before = self.text[..<(offset ?? self.index)]
    let line = before.count { $0 == "\n" } + 1
    let column = before.reversed().prefix { $0 != "\n" }.count + 1
    return GrammarError("line \(line), column \(column): \(message)")
  }
}

extension Unicode.Scalar {
  fileprivate var isNewline: Bool { self == "\n" || self == "\r" }

  fileprivate var isNamePart: Bool {
    switch self {
    case "a" ... "z", "A" ... "Z", "0" ... "9", "-": true
    default: false
    }
  }
}
