internal import Identifiers

/// Strings.
extension SchemaCompiler {
  mutating func defineString(_ rule: Int32, as schemas: [Number]) throws(SchemaError) {
    guard let (minimum, maximum) = try self.counts("minLength", "maxLength", of: schemas) else {
      return
    }
    var patterns: [Int] = []
    for schema in schemas {
      for pattern in try self.patterns(of: schema) where !patterns.contains(pattern) {
        patterns.append(pattern)
      }
    }
    let mark = Element.byte(UInt8(ascii: "\""))
    guard let pattern = patterns.first else {
      if minimum == 0, maximum == nil { return try self.add([try self.anyString()], to: rule) }
      let character = try self.anyCharacter()
      return try self.work { builder throws(GrammarError) in
        let characters = try builder.repetition(character, minimum, maximum)
        try builder.add([mark, characters, mark], to: rule)
      }
    }
    if patterns.count == 1,
      let contents = try self.contents(of: self.patterns[pattern].pattern, minimum, maximum)
    {
      return try self.add([mark] + contents + [mark], to: rule)
    }
    let schema = self.first(schemas, with: "pattern") ?? self.first(schemas, with: "format") ?? 0
    let key = Identifier(
      patterns.sorted().map { "\($0)" }.joined(separator: " ")
        + " \(minimum) \(maximum ?? -1) pattern"
    )
    if let known = self.shared[key] { return try self.add([mark, .rule(known), mark], to: rule) }
    guard let automaton = try self.automaton(patterns, minimum, maximum) else {
      throw self.error(
        "the keyword \"pattern\"",
        at: schema,
        "is too large: the patterns and lengths that are combined have more than "
          + "\(PatternAutomaton.maximumStates) states, or all of the schema more than "
          + "\(Self.maximumStates), or take more than \(Self.maximumPatternWork) steps to find"
      )
    }
    let contents = try self.work { builder throws(GrammarError) in
      let rules = automaton.states.map { _ in builder.newRule() }
      for (state, rule) in zip(automaton.states, rules) {
        if state.mayEnd { try builder.add([], to: rule) }
        for step in state.steps {
          try builder.add([try builder.jsonCharacter(step.0), .rule(rules[step.to])], to: rule)
        }
      }
      return rules[0]
    }
    self.shared[key] = contents
    try self.add([mark, .rule(contents), mark], to: rule)
    if !automaton.mayBeReached {
      self.note("the patterns and lengths", at: schema, "have no text that all of them allow")
    }
  }

  /// The most states in all, and the most work for them, besides the small share of each pattern.
  static let maximumStates = 32_000
  static let maximumPatternWork = 4_000_000
  /// The most steps to tell the patterns of `oneOf` apart.
  static let maximumApartWork = 3_000_000
  private static let fewStates = 64
  private static let workPerPart = 200

  private mutating func automaton(
    _ patterns: [Int],
    _ minimum: Int,
    _ maximum: Int?
  ) throws(SchemaError) -> PatternAutomaton? {
    // Each may take a part of what is left, so that some remains for the next. A pattern has its
    // own share once, however many schemas use it.
    let states = (Self.maximumStates - self.patternStates) / 4
    let work = (Self.maximumPatternWork - self.patternWork) / 4
    let parts = patterns.reduce(0) { $0 + self.patterns[$1].pattern.parts.count }
    let rest = Self.maximumPatternWork + Self.workPerPart * self.patternParts - self.patternWork
    let limits = PatternAutomaton.Limits(
      states: min(PatternAutomaton.maximumStates, max(Self.fewStates, states)),
      work: min(rest, max(Self.workPerPart * parts, work))
    )
    let (automaton, done) = try self.automaton(patterns, minimum, maximum, limits)
    self.patternWork += done
    self.patternStates += automaton?.states.count ?? limits.states
    return automaton
  }

  /// - Returns: the automaton, nil when a limit is reached, and the steps that it took.
  mutating func automaton(
    _ patterns: [Int],
    _ minimum: Int,
    _ maximum: Int?,
    _ limits: PatternAutomaton.Limits
  ) throws(SchemaError) -> (PatternAutomaton?, work: Int) {
    var work = 0
    var written: [PatternNodes] = []
    for number in patterns {
      let rest = limits.work - work
      guard let nodes = self.nodes(of: number, maximumWork: rest, &work) else {
        if rest < PatternNodes.maximumCount { work = max(work, limits.work) }
        break
      }
      written.append(nodes)
    }
    // Marking the parts takes less time than writing them.
    work += written.reduce(0) { $0 + $1.nodes.count / 64 }
    try self.work { builder throws(GrammarError) in try builder.work.add(work) }
    guard written.count == patterns.count, work < limits.work else { return (nil, work) }
    var limits = limits
    limits.work -= work
    let before = self.builder.work.count
    let automaton = try self.work { builder throws(GrammarError) in
      try PatternAutomaton(written, minimum: minimum, maximum: maximum, limits, &builder.work)
    }
    return (automaton, work + self.builder.work.count - before)
  }

  /// How many written-out parts are kept for one pattern, and for all.
  private static let maximumKeptNodes = (each: 1_000, all: 100_000)

  /// A pattern with its repetitions written out; nil when that takes too much work.
  mutating func nodes(
    of number: Int,
    maximumWork: Int,
    _ work: inout Int
  ) -> PatternNodes? {
    if let known = self.patterns[number].nodes { return known }
    guard
      let nodes = PatternNodes(self.patterns[number].pattern, maximumWork: maximumWork, &work)
    else { return nil }
    let count = nodes.nodes.count
    let (each, all) = Self.maximumKeptNodes
    if count <= each, self.keptNodes + count <= all {
      self.keptNodes += count
      self.patterns[number].nodes = nodes
    }
    return nodes
  }

  /// The contents of a string, when a single pattern and the lengths need no states.
  private mutating func contents(
    of pattern: Pattern,
    _ minimum: Int,
    _ maximum: Int?
  ) throws(SchemaError) -> [Element]? {
    if let (set, least, most) = pattern.repeatedCharacters {
      let high = [most, maximum].compactMap { $0 }.min()
      let low = max(least, minimum)
      if let high, high < low { return nil }
      return try self.work { builder throws(GrammarError) in
        [try builder.repetition(try builder.jsonCharacter(set), low, high)]
      }
    }
    let (shortest, longest) = pattern.lengths
    let isFree = maximum.map { most in longest.map { $0 <= most } ?? false } ?? true
    guard shortest >= minimum, isFree else { return nil }
    return try self.work { builder throws(GrammarError) in
      try builder.sequence(of: pattern)
    }
  }

  /// The numbers of the patterns that a schema requires.
  mutating func patterns(of schema: Number) throws(SchemaError) -> [Int] {
    if let known = self.patternsOfSchemas[schema] { return known }
    var patterns: [Int] = []
    if let number = self.document.member("pattern", of: schema) {
      guard case .string(let text) = self.document[number] else {
        throw self.error("\"pattern\"", at: schema, "must be a string")
      }
      patterns.append(try self.pattern(text, at: schema))
    }
    if let number = self.document.member("format", of: schema) {
      guard case .string(let name) = self.document[number] else {
        throw self.error("\"format\"", at: schema, "must be a string")
      }
      if let text = Formats.patterns[name] {
        patterns.append(try self.pattern(text, at: schema))
      }
    }
    self.patternsOfSchemas[schema] = patterns
    return patterns
  }

  /// The number of a pattern.
  mutating func pattern(
    _ text: Identifier,
    at schema: Number
  ) throws(SchemaError) -> Int {
    if let known = self.patternNumbers[text] { return known }
    try self.work { builder throws(GrammarError) in try builder.work.add(text.utf8.count) }
    do throws(PatternError) {
      let pattern = try Pattern(text.text)
      self.patternNumbers[text] = self.patterns.count
      self.patternParts += pattern.parts.count
      self.patterns.append(KnownPattern(pattern: pattern))
      return self.patterns.count - 1
    } catch {
      throw self.error("the pattern \"\(text.text.abbreviated)\"", at: schema, error.reason)
    }
  }
}

/// A pattern in the schema.
struct KnownPattern {
  var pattern: Pattern
  /// The pattern with its repetitions written out, if that is small.
  var nodes: PatternNodes?
}

extension RuleBuilder {
  /// The characters of a pattern, as written in a JSON string.
  mutating func sequence(of pattern: Pattern) throws(GrammarError) -> [Element] {
    var sequences: [[Element]] = []
    // Parts come after their own parts.
    for part in pattern.parts {
      switch part {
      case .start, .end: sequences.append([])
      case .characters(let set): sequences.append([try self.jsonCharacter(set)])
      case .sequence(let items) where items.count == 1: sequences.append(sequences[items[0]])
      case .choice(let items) where items.count == 1: sequences.append(sequences[items[0]])
      case .sequence(let items):
        var sequence: [Element] = []
        for item in items {
          sequence +=
            sequences[item].count <= 1
            ? sequences[item] : [.rule(try self.newRule([sequences[item]]))]
        }
        sequences.append(sequence)
      case .choice(let items):
        sequences.append([.rule(try self.newRule(items.map { sequences[$0] }))])
      case .repetition(let item, let minimum, let maximum):
        let one = sequences[item]
        let element = one.count == 1 ? one[0] : .rule(try self.newRule([one]))
        sequences.append([try self.repetition(element, minimum, maximum)])
      }
    }
    return sequences[pattern.root]
  }
}

/// The formats of JSON Schema Validation section 7.3 as patterns, which match only valid texts, but
/// not all of them. Other formats are annotations.
enum Formats {
  static let patterns: [Identifier: Identifier] = {
    let day =
      "((0[13578]|10|12)-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8]))"
    let minutes = "([01]\\d|2[0-3]):[0-5]\\d"
    let date = "[1-9]\\d{3}-\(day)"
    let time = "\(minutes):[0-5]\\d(\\.\\d{1,6})?(Z|[+\\-]\(minutes))"
    let byte = "([1-9]?\\d|1\\d{2}|2([0-4]\\d|5[0-5]))"
    let label = "[a-z0-9]([a-z0-9\\-]{0,30}[a-z0-9])?"
    let host = "[a-z]([a-z0-9]{0,20})(\\.[a-z]([a-z0-9]{0,20})){0,5}\\.[a-z]{2,10}"
    let email = "[a-z0-9_]{1,20}([.+\\-][a-z0-9_]{1,20}){0,3}@\(host)"
    let uri = "https?://\(host)(/[A-Za-z0-9._~\\-]{0,40}){0,10}"
    let pointer = "(/[A-Za-z0-9_\\-]{0,40}){0,10}"
    _ = label
    let formats: [Identifier: String] = [
      "date": date,
      "time": time,
      "date-time": "\(date)T\(time)",
      "duration": "P([1-9]\\d{0,3}D|([1-9]\\d{0,2}D)?T[1-9]\\d{0,4}[HMS])",
      "uuid": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
      "ipv4": "\(byte)(\\.\(byte)){3}",
      "ipv6": "[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}",
      "hostname": host,
      "idn-hostname": host,
      "email": email,
      "idn-email": email,
      "uri": uri,
      "uri-reference": uri,
      "uri-template": uri,
      "iri": uri,
      "iri-reference": uri,
      "json-pointer": pointer,
      "relative-json-pointer": "[1-9]\\d{0,2}\(pointer)",
      "regex": "\\^[A-Za-z0-9 _]{0,60}\\$",
    ]
    return formats.mapValues { Identifier("^(\($0))$") }
  }()
}
