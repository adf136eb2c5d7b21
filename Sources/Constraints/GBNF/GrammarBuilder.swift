/// Writes rules as alternatives of bytes and of other rules: brackets, repetitions and characters of
/// several bytes become rules of their own.
struct GrammarBuilder {
  /// What all rules together may have once repetitions are written out.
  static let maximumElements = 200_000

  private(set) var elements: [Grammar.Element] = []
  private(set) var alternatives: [[Int]] = []
  /// Of each rule; those that are made here have the name of the one that they are made for.
  private(set) var names: [String] = []
  private var rules: [String: Int] = [:]
  private var scalarRules: [ScalarSet: Int] = [:]
  private var text: [GrammarParser.Rule] = []

  /// - Returns: the rule with the name "root".
  mutating func add(_ text: [GrammarParser.Rule]) throws(GrammarError) -> Int {
    for rule in text {
      guard self.rules[rule.name] == nil else {
        throw GrammarError("the rule \"\(rule.name)\" is there twice")
      }
      self.rules[rule.name] = self.newRule(named: rule.name)
    }
    guard let root = self.rules["root"] else {
      throw GrammarError("it has no rule \"root\", with which a text begins")
    }
    for rule in text {
      guard let index = self.rules[rule.name] else { continue }
      try self.define(index, as: rule.expression)
    }
    return root
  }

  private mutating func newRule(named name: String) -> Int {
    self.names.append(name)
    self.alternatives.append([])
    return self.names.count - 1
  }

  private mutating func define(_ rule: Int, as expression: Expression) throws(GrammarError) {
    if case .choice(let choices) = expression {
      for choice in choices { try self.addAlternative(choice, to: rule) }
    } else {
      try self.addAlternative(expression, to: rule)
    }
  }

  private mutating func addAlternative(
    _ expression: Expression,
    to rule: Int
  ) throws(GrammarError) {
    var sequence: [Grammar.Element] = []
    try self.append(expression, of: rule, to: &sequence)
    try self.addAlternative(sequence, to: rule)
  }

  private mutating func addAlternative(
    _ sequence: [Grammar.Element],
    to rule: Int
  ) throws(GrammarError) {
    self.alternatives[rule].append(self.elements.count)
    self.elements += sequence
    self.elements.append(.end)
    try self.checkSize(0)
  }

  private func checkSize(_ count: Int) throws(GrammarError) {
    guard self.elements.count + count <= Self.maximumElements else {
      throw GrammarError(
        "it is too large: with its repetitions written out it has more than "
          + "\(Self.maximumElements) parts"
      )
    }
  }

  private mutating func append(
    _ expression: Expression,
    of rule: Int,
    to sequence: inout [Grammar.Element]
  ) throws(GrammarError) {
    switch expression {
    case .scalar(let set):
      sequence.append(try self.element(for: set, of: rule))
    case .rule(let name, let offset):
      guard let index = self.rules[name] else {
        throw GrammarError(
          "the rule \"\(name)\" is used, but not defined (character \(offset + 1))"
        )
      }
      sequence.append(.rule(index))
    case .sequence(let items):
      for item in items { try self.append(item, of: rule, to: &sequence) }
    case .choice:
      let group = self.newRule(named: self.names[rule])
      try self.define(group, as: expression)
      sequence.append(.rule(group))
    case .repetition(let item, let minimum, let maximum):
      try self.append(item, minimum, maximum, of: rule, to: &sequence)
    }
  }

  /// A character of several bytes is a rule, which all that allow the same characters share.
  private mutating func element(
    for set: ScalarSet,
    of rule: Int
  ) throws(GrammarError) -> Grammar.Element {
    let sequences = set.byteSequences
    if sequences.count == 1, sequences[0].count == 1 { return .byte(sequences[0][0]) }
    if let known = self.scalarRules[set] { return .rule(known) }
    let scalar = self.newRule(named: self.names[rule])
    self.scalarRules[set] = scalar
    for bytes in sequences {
      try self.addAlternative(bytes.map { .byte($0) }, to: scalar)
    }
    return .rule(scalar)
  }

  private mutating func append(
    _ item: Expression,
    _ minimum: Int,
    _ maximum: Int?,
    of rule: Int,
    to sequence: inout [Grammar.Element]
  ) throws(GrammarError) {
    var parts: [Grammar.Element] = []
    try self.append(item, of: rule, to: &parts)
    // Repeated as one element: what is repeated is written out once.
    if parts.count != 1 {
      let group = self.newRule(named: self.names[rule])
      try self.addAlternative(parts, to: group)
      parts = [.rule(group)]
    }
    let element = parts[0]
    try self.checkSize(sequence.count + minimum + 3 * ((maximum ?? minimum) - minimum))
    sequence += Array(repeating: element, count: minimum)
    guard let maximum else {
      // rest ::= item rest | (nothing)
      let rest = self.newRule(named: self.names[rule])
      try self.addAlternative([element, .rule(rest)], to: rest)
      try self.addAlternative([], to: rest)
      sequence.append(.rule(rest))
      return
    }
    // rest ::= item (item (item | nothing) | nothing) | nothing
    var rest: Int?
    for _ in minimum ..< maximum {
      let longer = self.newRule(named: self.names[rule])
      try self.addAlternative([element] + (rest.map { [.rule($0)] } ?? []), to: longer)
      try self.addAlternative([], to: longer)
      rest = longer
    }
    if let rest { sequence.append(.rule(rest)) }
  }
}
