internal import Identifiers

extension Grammar {
  /// Compiles the parts of JSON Schema (draft 2020-12) that docs/generation.md describes to a
  /// grammar of valid JSON texts.
  ///
  /// - Throws: `SchemaError` when the text is not a schema, uses something unsupported, or allows
  ///   no text; and when the task is cancelled.
  public init(jsonSchema text: String) throws(SchemaError) {
    var compiler = SchemaCompiler(try SchemaDocument(text))
    self = try compiler.compile()
  }
}

/// Compiles a JSON schema to rules for the texts that are valid under it.
///
/// Schemas that must hold together, a conjunction, are compiled together, each such set once: what
/// is shared in the schema is shared in the rules.
struct SchemaCompiler {
  typealias Number = SchemaDocument.Number
  typealias Element = Grammar.Element

  /// Schemas that must hold together.
  struct Conjunction: Hashable {
    /// Schemas, for their own keywords, in order.
    var schemas: [Number] = []
    /// Schemas with an `anyOf` or `oneOf` of which no branch is chosen yet.
    var choices: [OpenChoice] = []
    /// Choices that have been made.
    var made: [Choice] = []
    /// Schemas under which listed values must not be valid.
    var excluded: [Exclusion] = []
  }

  /// All branches of a `oneOf` but one. Listing them for each branch would take quadratic space.
  struct Exclusion: Hashable {
    var schema: Number
    var branch: Int
  }

  struct OpenChoice: Hashable {
    var choice: Choice
    /// The choices that led to it, each because of the one before.
    var causes: [Choice]
  }

  struct Choice: Hashable, Comparable {
    var schema: Number
    var isOneOf: Bool

    var keyword: Identifier { self.isOneOf ? "oneOf" : "anyOf" }

    static func < (left: Choice, right: Choice) -> Bool {
      (left.schema, left.isOneOf ? 1 : 0) < (right.schema, right.isOneOf ? 1 : 0)
    }
  }

  /// The most combined schemas in all: choices in a conjunction multiply.
  static let maximumParts = 200_000

  var document: SchemaDocument
  var builder: RuleBuilder
  private var rules: [Conjunction: Int32] = [:]
  private var pending: [(Conjunction, Int32)] = []
  /// The target of each schema that is only a `$ref`.
  private var targets: [Number: Number] = [:]
  /// The target of each `$ref`.
  private var references: [Number: Number] = [:]
  private var checked: Set<Number> = []
  var parts = 0
  /// The first reason why some part allows no text.
  private var reason: SchemaError?
  /// The schema's patterns, their numbers by text, and the numbers that each schema requires.
  var patterns: [KnownPattern] = []
  var patternNumbers: [Identifier: Int] = [:]
  var patternsOfSchemas: [Number: [Int]] = [:]
  /// How many written-out parts of patterns are kept.
  var keptNodes = 0
  var shared: [Identifier: Int32] = [:]
  var textSets: [[Number]: Int32] = [:]
  var valueChecks = 0
  /// The lengths of the strings among the listed values, in characters.
  var textLengths: [Number: Int] = [:]
  var patternStates = 0
  var patternWork = 0
  /// The parts of all patterns; each adds to the work that is allowed.
  var patternParts = 0
  /// Steps made to tell the patterns of `oneOf` apart.
  var apartWork = 0
  /// Cached for checking listed values: each schema's `enum`, types and required names.
  var enums: [Number: Set<SchemaDocument.Identity>] = [:]
  var typesOfSchemas: [Number: TypeSet] = [:]
  var requiredNames: [Number: [Identifier]] = [:]
  /// Whether each listed array has no equal items.
  var areItemsUnique: [Number: Bool] = [:]
  /// Values for the names of members.
  var nameValues: [Identifier: Number] = [:]
  /// A schema that allows all strings.
  var stringSchema: Number?
  /// A schema that allows nothing.
  var noSchema: Number?

  /// - Parameter builder: gets the rules.
  init(_ document: SchemaDocument, _ builder: RuleBuilder = RuleBuilder()) {
    self.document = document
    self.builder = builder
  }

  /// - Returns: the rule for the texts that are valid under the schema.
  mutating func compileRules() throws(SchemaError) -> Int32 {
    let root = try self.rule(for: [0])
    while let (conjunction, rule) = self.pending.popLast() {
      try self.define(rule, as: conjunction)
    }
    return root
  }

  mutating func compile() throws(SchemaError) -> Grammar {
    let root = try self.compileRules()
    do {
      return try self.builder.grammar(root: root)
    } catch {
      if !error.isCancellation, let reason { throw reason }
      throw SchemaError(error)
    }
  }

  /// The rule for the texts that are valid under all of some schemas.
  mutating func rule(for schemas: [Number]) throws(SchemaError) -> Int32 {
    guard let all = try self.conjunction(of: schemas, with: Conjunction(), because: []) else {
      return self.builder.newRule()
    }
    return try self.rule(for: all)
  }

  mutating func rule(for conjunction: Conjunction) throws(SchemaError) -> Int32 {
    if let known = self.rules[conjunction] { return known }
    let rule = self.builder.newRule()
    self.rules[conjunction] = rule
    self.pending.append((conjunction, rule))
    return rule
  }

  func error(
    _ subject: String,
    at number: Number,
    _ reason: String
  ) -> SchemaError {
    SchemaError("\(subject) at \(self.document.path(number)) \(reason)")
  }

  /// Notes why something allows no text. It is an error only when nothing else is left.
  mutating func note(_ subject: String, at number: Number, _ reason: String) {
    if self.reason == nil { self.reason = self.error(subject, at: number, reason) }
  }

  mutating func work<Result>(
    _ body: (inout RuleBuilder) throws(GrammarError) -> Result
  ) throws(SchemaError) -> Result {
    do throws(GrammarError) {
      return try body(&self.builder)
    } catch {
      throw SchemaError(error)
    }
  }

  mutating func add(_ sequence: [Element], to rule: Int32) throws(SchemaError) {
    try self.work { builder throws(GrammarError) in try builder.add(sequence, to: rule) }
  }
}

/// Conjunctions.
extension SchemaCompiler {
  /// Adds schemas to a conjunction, and what their `$ref` and `allOf` refer to.
  ///
  /// - Parameter causes: the choices because of which they are added.
  /// - Returns: nil when they lead back to such a choice, which allows nothing.
  mutating func conjunction(
    of schemas: [Number],
    with other: Conjunction,
    because causes: [Choice]
  ) throws(SchemaError) -> Conjunction? {
    var own = Set(other.schemas)
    var choices = other.choices
    var known = Set(choices.map(\.choice))
    var open = schemas
    var seen: Set<Number> = []
    while let given = open.popLast() {
      let schema = try self.target(of: given)
      guard seen.insert(schema).inserted else { continue }
      self.parts += 1
      try self.work { builder throws(GrammarError) in try builder.work.add() }
      switch self.document[schema] {
      case .bool(true): continue
      case .bool(false): own.insert(schema)
      case .object:
        try self.checkKeywords(of: schema)
        if self.hasOwnKeywords(schema) { own.insert(schema) }
        if let reference = try self.reference(of: schema) { open.append(reference) }
        open += try self.list("allOf", of: schema) ?? []
        for choice in [
          Choice(schema: schema, isOneOf: false), Choice(schema: schema, isOneOf: true),
        ] where self.document.member(choice.keyword, of: schema) != nil {
          if causes.contains(choice) { return nil }
          if other.made.contains(choice) || !known.insert(choice).inserted { continue }
          choices.append(OpenChoice(choice: choice, causes: causes))
        }
      default: throw self.error("the schema", at: schema, "must be an object, true or false")
      }
    }
    try self.countParts(
      own.count + choices.count + other.made.count + causes.count,
      at: schemas.last ?? 0
    )
    return Conjunction(
      schemas: own.sorted(),
      choices: choices.sorted { $0.choice < $1.choice },
      made: other.made,
      excluded: other.excluded
    )
  }

  mutating func countParts(_ count: Int, at schema: Number) throws(SchemaError) {
    self.parts += count
    guard self.parts <= Self.maximumParts else {
      throw self.error(
        "the schema",
        at: schema,
        "is combined with others in more ways than the limit of \(Self.maximumParts) parts allows"
      )
    }
  }

  private func hasOwnKeywords(_ schema: Number) -> Bool {
    guard case .object(let members) = self.document[schema] else { return false }
    return members.contains {
      SchemaKeywords.supported.contains($0.name)
        && !["$ref", "allOf", "anyOf", "oneOf", "nullable"].contains($0.name)
    }
  }

  /// Follows schemas that are only a `$ref`.
  private mutating func target(of schema: Number) throws(SchemaError) -> Number {
    var path: [Number] = []
    var seen: Set<Number> = []
    var target = schema
    while true {
      if let known = self.targets[target] {
        target = known
        break
      }
      guard case .object(let members) = self.document[target],
        members.contains(where: { $0.name == "$ref" }),
        members.allSatisfy({
          $0.name == "$ref" || SchemaKeywords.annotations.contains($0.name)
        }),
        let next = try self.reference(of: target)
      else { break }
      guard seen.insert(target).inserted else {
        throw self.error("the \"$ref\"", at: target, "refers to itself without end")
      }
      path.append(target)
      target = next
    }
    for schema in path { self.targets[schema] = target }
    return target
  }

  mutating func reference(of schema: Number) throws(SchemaError) -> Number? {
    guard let number = self.document.member("$ref", of: schema) else { return nil }
    if let known = self.references[schema] { return known }
    guard case .string(let reference) = self.document[number] else {
      throw self.error("\"$ref\"", at: schema, "must be a string")
    }
    do throws(ReferenceError) {
      let target = try self.document.target(of: reference, from: schema)
      self.references[schema] = target
      return target
    } catch {
      throw self.error(
        "the \"$ref\" \"\(reference.text.abbreviated)\"",
        at: schema,
        error.reason
      )
    }
  }

  mutating func checkKeywords(of schema: Number) throws(SchemaError) {
    guard self.checked.insert(schema).inserted, case .object(let members) = self.document[schema]
    else { return }
    for (name, _) in members where !SchemaKeywords.supported.contains(name) {
      if SchemaKeywords.annotations.contains(name) { continue }
      if let instead = SchemaKeywords.unsupported[name] {
        throw self.error("the keyword \"\(name)\"", at: schema, "is not supported\(instead)")
      }
      if name.utf8.starts(with: "x-".utf8) { continue }
      // Unknown keywords are annotations, but a misspelt keyword must not be ignored.
      if let meant = SchemaKeywords.meant(by: name) {
        let reason = "is unknown: did you mean \"\(meant)\"?"
        throw self.error("the keyword \"\(name)\"", at: schema, reason)
      }
    }
  }

  /// Gives a rule its alternatives.
  private mutating func define(
    _ rule: Int32,
    as conjunction: Conjunction
  ) throws(SchemaError) {
    guard let open = conjunction.choices.first else {
      return try self.define(rule, as: conjunction.schemas, without: conjunction.excluded)
    }
    let choice = open.choice
    let branches = try self.list(choice.keyword, of: choice.schema) ?? []
    guard !branches.isEmpty else {
      throw self.error("\"\(choice.keyword)\"", at: choice.schema, "is empty")
    }
    var rest = conjunction
    rest.choices.removeFirst()
    var causes = open.causes + [choice]
    if rest.schemas.isEmpty, rest.choices.isEmpty {
      // Nothing else must hold: recursion leads back to this very rule.
      (rest, causes) = (Conjunction(), [])
    } else {
      rest.made.append(choice)
    }
    let isApart = choice.isOneOf ? try self.tellApart(branches) : false
    for (index, branch) in branches.enumerated() {
      guard
        var both = try self.conjunction(
          of: [branch],
          with: rest,
          because: causes
        )
      else { continue }
      if choice.isOneOf, branches.count > 1, !isApart {
        guard let apart = try self.separated(both, from: branches, but: index, choice) else {
          continue
        }
        both = apart
      }
      try self.add([.rule(try self.rule(for: both))], to: rule)
    }
  }
}

/// Keywords.
extension SchemaCompiler {
  func list(_ name: Identifier, of schema: Number) throws(SchemaError) -> [Number]? {
    guard let number = self.document.member(name, of: schema) else { return nil }
    guard case .array(let elements) = self.document[number] else {
      throw self.error("\"\(name)\"", at: schema, "must be an array")
    }
    return elements
  }

  /// The names that a schema requires.
  mutating func requiredNames(of schema: Number) throws(SchemaError) -> [Identifier] {
    guard let elements = try self.list("required", of: schema) else { return [] }
    if let known = self.requiredNames[schema] { return known }
    var names: [Identifier] = []
    for element in elements {
      guard case .string(let text) = self.document[element] else {
        throw self.error("\"required\"", at: schema, "must be an array of strings")
      }
      names.append(text)
    }
    self.requiredNames[schema] = names
    return names
  }

  func schemas(
    _ name: Identifier,
    of schema: Number
  ) throws(SchemaError) -> [(name: Identifier, value: Number)] {
    guard let number = self.document.member(name, of: schema) else { return [] }
    guard case .object(let members) = self.document[number] else {
      throw self.error("\"\(name)\"", at: schema, "must be an object")
    }
    return members
  }

  /// A whole number of at least 0, clamped to `RuleBuilder.maximumCount`.
  func count(_ name: Identifier, of schema: Number) throws(SchemaError) -> Int? {
    guard let number = self.document.member(name, of: schema) else { return nil }
    guard case .number(let value) = self.document[number], value.isInteger, !value.isNegative else {
      throw self.error("\"\(name)\"", at: schema, "must be a whole number of at least 0")
    }
    return min(value.integer ?? .max, Int(RuleBuilder.maximumCount))
  }

  /// The largest minimum and the smallest maximum of some schemas; nil when they contradict each
  /// other.
  mutating func counts(
    _ minimum: Identifier,
    _ maximum: Identifier,
    of schemas: [Number],
    isNoting: Bool = true
  ) throws(SchemaError) -> (minimum: Int, maximum: Int?)? {
    var (low, high) = (0, Int?.none)
    var last: Number = 0
    for schema in schemas {
      if let count = try self.count(minimum, of: schema), count > low {
        low = count
        last = schema
      }
      if let count = try self.count(maximum, of: schema), count < high ?? .max {
        high = count
        last = schema
      }
    }
    if let most = high, most < low {
      if isNoting { self.note("\"\(maximum)\"", at: last, "is less than \"\(minimum)\"") }
      return nil
    }
    return (low, high == Int(RuleBuilder.maximumCount) ? nil : high)
  }

  /// The first of some schemas that has a keyword.
  func first(_ schemas: [Number], with name: Identifier) -> Number? {
    schemas.first { self.document.member(name, of: $0) != nil }
  }
}
