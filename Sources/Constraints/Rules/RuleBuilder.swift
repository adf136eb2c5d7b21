/// Collects the rules of a grammar for its front ends.
struct RuleBuilder {
  typealias Element = Grammar.Element

  private(set) var rules = Grammar.Rules()
  /// Each rule's name for messages; rules without one are parts of named ones.
  private(set) var names: [String?] = []
  private var scalarNumbers: [ScalarSet: Int32] = [:]
  private var repetitionNumbers: [Grammar.Repetition: Int32] = [:]
  private var emptySet: Int32?
  /// The elements for one character of each set, as written in a JSON string.
  var jsonCharacters: [ScalarSet: Element] = [:]
  var work = CompilationWork()

  /// Larger counts are clamped to this: no text is as long.
  static let maximumCount: Int32 = 1 << 30

  mutating func newRule(named name: String? = nil) -> Int32 {
    self.names.append(name)
    self.rules.alternatives.append([])
    return Int32(self.names.count - 1)
  }

  /// A rule with one alternative for each sequence.
  mutating func newRule(_ sequences: [[Element]]) throws(GrammarError) -> Int32 {
    let rule = self.newRule()
    for sequence in sequences { try self.add(sequence, to: rule) }
    return rule
  }

  mutating func add(_ sequence: [Element], to rule: Int32) throws(GrammarError) {
    self.rules.alternatives[Int(rule)].append(try self.position(of: sequence))
  }

  /// Adds a sequence that belongs to no rule.
  mutating func position(of sequence: [Element]) throws(GrammarError) -> Int32 {
    try self.work.add(sequence.count + 1)
    let position = Int32(self.rules.elements.count)
    self.rules.elements += sequence
    self.rules.elements.append(.end)
    return position
  }

  mutating func scalar(_ set: ScalarSet) throws(GrammarError) -> Element {
    if set.ranges.count == 1, let only = set.ranges.first, only.count == 1, only.lowerBound < 0x80 {
      return .byte(UInt8(only.lowerBound))
    }
    if let known = self.scalarNumbers[set] { return .scalar(known) }
    try self.work.add(set.ranges.count)
    let number = Int32(self.rules.scalarSets.count)
    self.rules.scalarSets.append(set)
    self.rules.firstBytes.append(set.firstBytes)
    self.scalarNumbers[set] = number
    return .scalar(number)
  }

  static func bytes(_ text: some Sequence<UInt8>) -> [Element] { text.map { .byte($0) } }

  /// One of some texts, which may be empty, as a sequence.
  mutating func texts(_ texts: [[UInt8]]) throws(GrammarError) -> [Element] {
    try self.work.add(texts.reduce(0) { $0 + $1.count })
    if texts.count == 1 { return Self.bytes(texts[0]) }
    let number = Int32(self.rules.textSets.count)
    self.rules.textSets.append(TextSet(texts.filter { !$0.isEmpty }))
    if texts.contains([]) { return [.rule(try self.newRule([[], [.text(number)]]))] }
    return [.text(number)]
  }

  /// - Parameter element: what is repeated; a nested repetition is merged if that means the same.
  mutating func repetition(
    _ element: Element,
    _ minimum: Int,
    _ maximum: Int?
  ) throws(GrammarError) -> Element {
    let most = Int(Self.maximumCount)
    var minimum = min(minimum, most)
    var maximum = maximum.flatMap { $0 >= most ? nil : $0 }
    var rule: Int32
    switch element {
    case .rule(let inner): rule = inner
    case .repetition(let number):
      let inner = self.rules.repetitions[Int(number)]
      rule = inner.rule
      let (least, highest) = (Int(inner.minimum), inner.maximum.map(Int.init))
      // Merged only if the possible counts have no gaps.
      let isRange =
        minimum == maximum
        || highest.map { (minimum + 1) * least <= minimum * $0 + 1 } ?? (minimum > 0 || least <= 1)
      if isRange {
        minimum = min(minimum * least, most)
        maximum =
          maximum == 0
          ? 0 : maximum.flatMap { a in highest.map { a * $0 } } ?? (highest == 0 ? 0 : nil)
        maximum = maximum.flatMap { $0 >= most ? nil : $0 }
      } else {
        rule = try self.newRule([[element]])
      }
    default: rule = try self.newRule([[element]])
    }
    if minimum == 1, maximum == 1 { return .rule(rule) }
    let repetition = Grammar.Repetition(
      rule: rule,
      minimum: Int32(minimum),
      maximum: maximum.map { Int32($0) }
    )
    if let known = self.repetitionNumbers[repetition] { return .repetition(known) }
    try self.work.add()
    let number = Int32(self.rules.repetitions.count)
    self.rules.repetitions.append(repetition)
    self.repetitionNumbers[repetition] = number
    return .repetition(number)
  }

  mutating func members(_ table: MemberTable) throws(GrammarError) -> Element {
    try self.work.add(table.names.texts.reduce(0) { $0 + $1.count })
    let number = self.nextTable
    self.rules.memberTables.append(table)
    return .members(number)
  }

  /// The number of the next table, for its own elements.
  var nextTable: Int32 { Int32(self.rules.memberTables.count) }

  /// An element that no text matches.
  mutating func nothing() throws(GrammarError) -> Element {
    if let emptySet { return .rule(emptySet) }
    let rule = self.newRule()
    self.emptySet = rule
    return .rule(rule)
  }

  /// - Throws: `GrammarError` when the rule allows no text, or there is left recursion.
  mutating func grammar(root: Int32) throws(GrammarError) -> Grammar {
    self.rules.root = root
    var analysis = RuleAnalysis(self.rules)
    try analysis.run(&self.work)
    guard analysis.isProductive[Int(root)] else {
      throw GrammarError(
        "it allows no text: every text would have to continue for ever"
      )
    }
    self.rules = analysis.rules
    if let rule = try analysis.leftRecursiveRule(&self.work) {
      let name = self.names[Int(rule)] ?? self.names[..<Int(rule)].last { $0 != nil } ?? nil
      throw GrammarError("the rule \"\(name ?? "root")\" can begin with itself (left recursion)")
    }
    return Grammar(self.rules, work: self.work.count)
  }
}
