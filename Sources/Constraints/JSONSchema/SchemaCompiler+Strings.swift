internal import Identifiers

/// Strings.
extension SchemaCompiler {
  mutating func defineString(_ rule: Int32, as schemas: [Number]) throws(SchemaError) {
    guard let (minimum, maximum) = try self.counts("minLength", "maxLength", of: schemas) else {
      return
    }
    var patterns: [Pattern] = []
    var texts: Set<Identifier> = []
    for schema in schemas {
      for (pattern, text) in try self.patterns(of: schema) where texts.insert(text).inserted {
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
    if patterns.count == 1, let contents = try self.contents(of: pattern, minimum, maximum) {
      return try self.add([mark] + contents + [mark], to: rule)
    }
    let schema = self.first(schemas, with: "pattern") ?? self.first(schemas, with: "format") ?? 0
    let key = Identifier(
      texts.sorted().map { "\($0.utf8.count) \($0)" }.joined(separator: " ")
        + " \(minimum) \(maximum ?? -1) pattern"
    )
    if let known = self.shared[key] { return try self.add([mark, .rule(known), mark], to: rule) }
    guard let automaton = try self.automaton(patterns, minimum, maximum) else {
      throw self.error(
        "the keyword \"pattern\"",
        at: schema,
        "is too large for what is beside it: the patterns and lengths that have to hold together "
          + "have more than \(PatternAutomaton.maximumStates) states, or all of the schema more than "
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

  /// How many states there may be in all, and what may be done for them, but for the little that each
  /// may have.
  static let maximumStates = 32_000
  static let maximumPatternWork = 4_000_000
  private static let fewStates = 64
  private static let workPerPart = 200

  mutating func automaton(
    _ patterns: [Pattern],
    _ minimum: Int,
    _ maximum: Int?
  ) throws(SchemaError) -> PatternAutomaton? {
    // Each may take a part of what is left, so that there is some for the next ones.
    let states = (Self.maximumStates - self.patternStates) / 4
    let work = (Self.maximumPatternWork - self.patternWork) / 4
    let parts = patterns.reduce(0) { $0 + $1.parts.count }
    let limits = PatternAutomaton.Limits(
      states: min(PatternAutomaton.maximumStates, max(Self.fewStates, states)),
      work: max(Self.workPerPart * parts, work)
    )
    let before = self.builder.work.count
    let automaton = try self.work { builder throws(GrammarError) in
      try PatternAutomaton(patterns, minimum: minimum, maximum: maximum, limits, &builder.work)
    }
    self.patternWork += self.builder.work.count - before
    self.patternStates += automaton?.states.count ?? limits.states
    return automaton
  }

  /// What is between the quotation marks, when one pattern and the lengths need no states for that.
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

  /// The patterns that a schema asks for, each with a text that it is known by.
  mutating func patterns(
    of schema: Number
  ) throws(SchemaError) -> [(Pattern, Identifier)] {
    var patterns: [(Pattern, Identifier)] = []
    if let number = self.document.member("pattern", of: schema) {
      guard case .string(let text) = self.document[number] else {
        throw self.error("\"pattern\"", at: schema, "must be a string")
      }
      patterns.append((try self.pattern(text, at: schema), text))
    }
    if let number = self.document.member("format", of: schema) {
      guard case .string(let name) = self.document[number] else {
        throw self.error("\"format\"", at: schema, "must be a string")
      }
      if let text = Formats.patterns[name] {
        patterns.append((try self.pattern(text, at: schema), text))
      }
    }
    return patterns
  }

  mutating func pattern(
    _ text: Identifier,
    at schema: Number
  ) throws(SchemaError) -> Pattern {
    if let known = self.patterns[text] { return known }
    try self.work { builder throws(GrammarError) in try builder.work.add(text.utf8.count) }
    do throws(PatternError) {
      let pattern = try Pattern(text.text)
      self.patterns[text] = pattern
      return pattern
    } catch {
      throw self.error("the pattern \"\(text.text.abbreviated)\"", at: schema, error.reason)
    }
  }
}

extension RuleBuilder {
  /// The characters of a pattern as they are written in a JSON string.
  mutating func sequence(of pattern: Pattern) throws(GrammarError) -> [Element] {
    var sequences: [[Element]] = []
    // Parts come after what they are made of.
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

/// The formats of JSON Schema Validation section 7.3 as patterns: a part of what is valid, which is
/// valid without looking further. Others are annotations.
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
