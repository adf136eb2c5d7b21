internal import Identifiers

/// Parses GBNF, llama.cpp's grammar format (its grammars/README.md), without tokens in angle
/// brackets.
///
///     root ::= "yes" | "no" [.!]?   # a comment
struct GrammarParser {
  static let maximumSize = 256 * 1024
  /// How deep brackets may be nested.
  static let maximumDepth = 100
  static let maximumRepetitions = 1_000_000_000

  private let text: [Unicode.Scalar]
  private var index = 0
  private var builder = RuleBuilder()
  /// The rules named so far, and where each was named first.
  private var rules: [Identifier: Int32] = [:]
  private var uses: [(name: Identifier, offset: Int)] = []
  private var isDefined: [Bool] = []
  /// The JSON schemas for which literals stand.
  private let schemas: [Identifier: String]

  /// What is being read: a rule, or a pair of brackets in it.
  private struct Group {
    var rule: Int32
    var start: Int
    var sequence: [Grammar.Element] = []
  }

  /// - Throws: `GrammarError` with the line and column of what is not GBNF.
  static func grammar(
    of text: String,
    schemas: [Identifier: String] = [:]
  ) throws(GrammarError) -> Grammar {
    guard text.utf8.count <= self.maximumSize else {
      throw GrammarError(
        "it has \(text.utf8.count) bytes, but at most \(self.maximumSize) are allowed"
      )
    }
    var parser = GrammarParser(text, schemas)
    return try parser.grammar()
  }

  private init(_ text: String, _ schemas: [Identifier: String]) {
    self.schemas = schemas
    self.text = Array(text.unicodeScalars)
    // Skips a byte-order mark.
    if self.text.first == "\u{FEFF}" { self.index = 1 }
  }

  private mutating func grammar() throws(GrammarError) -> Grammar {
    self.skipSpace(withNewlines: true)
    while self.current != nil { try self.rule() }
    guard let root = self.rules["root"], self.isDefined[Int(root)] else {
      throw GrammarError("it has no rule \"root\", with which a text begins")
    }
    for use in self.uses {
      guard let rule = self.rules[use.name], !self.isDefined[Int(rule)] else { continue }
      throw self.error("the rule \"\(use.name)\" is used, but not defined", at: use.offset)
    }
    return try self.builder.grammar(root: root)
  }

  private mutating func rule() throws(GrammarError) {
    let offset = self.index
    let name = try self.name()
    let rule = self.number(of: name)
    guard !self.isDefined[Int(rule)] else {
      throw self.error("the rule \"\(name)\" is defined twice", at: offset)
    }
    self.isDefined[Int(rule)] = true
    self.skipSpace(withNewlines: false)
    for character in "::=".unicodeScalars {
      guard self.current == character else { throw self.error("expected \"::=\" after a name") }
      self.index += 1
    }
    self.skipSpace(withNewlines: true)
    try self.alternatives(of: rule)
    guard self.current == nil || self.current?.isNewline == true else {
      throw self.error("expected the end of the line")
    }
    self.skipSpace(withNewlines: true)
  }

  /// Reads the right side of a rule. Brackets become rules of their own; the open ones are kept in
  /// a stack.
  private mutating func alternatives(of rule: Int32) throws(GrammarError) {
    var open = [Group(rule: rule, start: self.index)]
    while let group = open.last {
      let isWithin = open.count > 1
      if let item = try self.item() {
        self.skipSpace(withNewlines: isWithin)
        open[open.count - 1].sequence += try self.repeated(item, isWithin)
        continue
      }
      switch self.current {
      case "("?:
        guard open.count <= Self.maximumDepth else {
          throw self.error("brackets are nested more than \(Self.maximumDepth) deep")
        }
        open.append(Group(rule: self.newRule(), start: self.index))
        self.index += 1
        self.skipSpace(withNewlines: true)
      case "|"?:
        try self.builder.add(group.sequence, to: group.rule)
        open[open.count - 1].sequence = []
        self.index += 1
        self.skipSpace(withNewlines: true)
      case ")"? where isWithin:
        try self.builder.add(group.sequence, to: group.rule)
        open.removeLast()
        self.index += 1
        self.skipSpace(withNewlines: open.count > 1)
        open[open.count - 1].sequence += try self.repeated([.rule(group.rule)], open.count > 1)
      default:
        guard !isWithin else {
          throw self.current == nil
            ? self.error("the bracket is not closed", at: group.start)
            : self.error("expected \")\"")
        }
        try self.builder.add(group.sequence, to: group.rule)
        open.removeLast()
      }
    }
  }

  /// - Returns: nil where no item, or a bracket, begins.
  private mutating func item() throws(GrammarError) -> [Grammar.Element]? {
    switch self.current {
    case "\""?: return try self.literal()
    case "["?: return [try self.builder.scalar(try self.characterClass())]
    case "."?:
      self.index += 1
      return [try self.builder.scalar(.all)]
    case "<"?, "!"?:
      throw self.error("tokens in angle brackets are not supported: write their text")
    case "*"?, "+"?, "?"?, "{"?:
      throw self.error("there is nothing to repeat")
    case let first? where first.isNamePart:
      let offset = self.index
      let name = try self.name()
      self.uses.append((name, offset))
      return [.rule(self.number(of: name))]
    default: return nil
    }
  }

  /// Reads the repetition marks after an item.
  private mutating func repeated(
    _ item: [Grammar.Element],
    _ isWithin: Bool
  ) throws(GrammarError) -> [Grammar.Element] {
    var item = item
    while let (minimum, maximum) = try self.repetition() {
      let one: Grammar.Element
      if item.count == 1 {
        one = item[0]
      } else {
        let rule = self.newRule()
        try self.builder.add(item, to: rule)
        one = .rule(rule)
      }
      item = [try self.builder.repetition(one, minimum, maximum)]
      self.skipSpace(withNewlines: isWithin)
    }
    return item
  }

  private mutating func number(of name: Identifier) -> Int32 {
    if let known = self.rules[name] { return known }
    let number = self.newRule(named: name.text)
    self.rules[name] = number
    return number
  }

  private mutating func newRule(named name: String? = nil) -> Int32 {
    let rule = self.builder.newRule(named: name)
    while self.isDefined.count <= Int(rule) { self.isDefined.append(false) }
    return rule
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
      throw self.error("the maximum is less than the minimum", at: start)
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
  private mutating func literal() throws(GrammarError) -> [Grammar.Element] {
    let start = self.index
    self.index += 1
    var text = ""
    while self.current != "\"" {
      guard self.current != nil else { throw self.error("the text is not closed", at: start) }
      text.unicodeScalars.append(try self.character())
    }
    self.index += 1
    if let schema = self.schemas[Identifier(text)] { return [.rule(try self.rule(of: schema))] }
    return RuleBuilder.bytes(text.utf8)
  }

  private mutating func rule(of schema: String) throws(GrammarError) -> Int32 {
    do throws(SchemaError) {
      var compiler = SchemaCompiler(try SchemaDocument(schema), self.builder)
      let rule = try compiler.compileRules()
      self.builder = compiler.builder
      return rule
    } catch {
      throw error.isCancellation ? .cancelled : GrammarError(error.message)
    }
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
    default: throw self.error("\"\\\(escape)\" is not an escape of GBNF", at: start)
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
      throw self.error("U+\(text) is not a character", at: start)
    }
    self.index += count
    return scalar
  }

  private mutating func name() throws(GrammarError) -> Identifier {
    let name = self.text[self.index...].prefix { $0.isNamePart }
    guard !name.isEmpty else {
      throw self.error("expected the name of a rule, of letters, digits and \"-\"")
    }
    self.index = name.endIndex
    return Identifier(String(String.UnicodeScalarView(name)))
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
