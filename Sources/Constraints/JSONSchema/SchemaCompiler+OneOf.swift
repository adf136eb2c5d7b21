internal import Identifiers
internal import JSON

/// `oneOf`: a grammar cannot count under how many schemas a text is valid. So each branch is
/// narrowed to what none of the others allows.
extension SchemaCompiler {
  /// How deep properties and items are searched for what tells two schemas apart.
  private static let maximumDepth = 4

  /// - Parameters:
  ///   - conjunction: the schemas of one branch.
  ///   - branches: all branches.
  ///   - index: the branch.
  /// - Returns: the branch without what the others allow; nil when nothing is left.
  mutating func separated(
    _ conjunction: Conjunction,
    from branches: [Number],
    but index: Int,
    _ choice: Choice
  ) throws(SchemaError) -> Conjunction? {
    if self.first(conjunction.schemas, with: "const") != nil
      || self.first(conjunction.schemas, with: "enum") != nil
    {
      var result = conjunction
      result.excluded.append(Exclusion(schema: choice.schema, branch: index))
      return result
    }
    var types = try self.writtenTypes(of: conjunction)
    if types.isEmpty { return nil }
    var result = conjunction
    var required: [Identifier] = []
    for (number, other) in branches.enumerated() where number != index {
      var common = types.subtracting(
        try self.types(of: result.schemas, types, excludedBy: other, depth: 0)
      )
      if common.contains(.object),
        let name = try self.discriminator(of: result.schemas, against: other)
      {
        // A required property tells the two apart.
        required.append(name)
        common.remove(.object)
      }
      guard common.isDisjoint(with: [.object, .array, .string]) else {
        throw self.error(
          "the keyword \"oneOf\"",
          at: choice.schema,
          "is not supported where a value may be valid under two of its schemas, such as the one "
            + "at \(self.document.path(other)): write \"anyOf\", or let a property with different "
            + "values of \"const\" be required in each"
        )
      }
      types.subtract(common)
      // One rule covers whole and other numbers.
      if !types.contains(.integer) { types.subtract(.number) }
      if types.isEmpty {
        self.note("\"oneOf\"", at: choice.schema, "has two schemas that allow the same values")
        return nil
      }
    }
    result.schemas.append(self.typeSchema(types))
    if !required.isEmpty { result.schemas.append(self.requiredSchema(required)) }
    return result
  }

  /// Whether all schemas are for objects that require the same property, with a different `const`
  /// in each.
  mutating func tellApart(_ branches: [Number]) throws(SchemaError) -> Bool {
    var constants: [Identifier: Set<SchemaDocument.Identity>]?
    for (index, branch) in branches.enumerated() {
      guard
        let all = try self.conjunction(of: [branch], with: Conjunction(), because: [])
      else { return false }
      var own: [Identifier: SchemaDocument.Identity] = [:]
      var required: Set<Identifier> = []
      var isObject = false
      for schema in all.schemas {
        required.formUnion(try self.requiredNames(of: schema))
        if try self.namedTypes(of: schema) == .object { isObject = true }
      }
      guard isObject else { return false }
      for schema in all.schemas {
        for property in try self.schemas("properties", of: schema)
        where required.contains(property.name) {
          guard let value = self.document.member("const", of: property.value) else { continue }
          own[property.name] = self.document.identity(of: value)
        }
      }
      var next: [Identifier: Set<SchemaDocument.Identity>] = [:]
      for (name, value) in own {
        var known = constants?[name] ?? []
        if index > 0, known.isEmpty || known.contains(value) { continue }
        constants?[name] = nil
        known.insert(value)
        next[name] = known
      }
      if next.isEmpty { return false }
      constants = next
    }
    return true
  }

  private mutating func writtenTypes(
    of conjunction: Conjunction
  ) throws(SchemaError) -> TypeSet {
    for schema in conjunction.schemas {
      if case .bool(false) = self.document[schema] { return [] }
    }
    if !conjunction.choices.isEmpty,
      !conjunction.schemas.contains(where: { self.document.member("type", of: $0) != nil })
    {
      return .all
    }
    return try self.types(of: conjunction.schemas, isNoting: false)
  }

  /// Those of some types whose values, as generated for some schemas, another schema never allows.
  private mutating func types(
    of schemas: [Number],
    _ types: TypeSet,
    excludedBy other: Number,
    depth: Int
  ) throws(SchemaError) -> TypeSet {
    try self.countCheck(at: other)
    guard depth < Self.maximumDepth else { return [] }
    guard let all = try self.conjunction(of: [other], with: Conjunction(), because: []) else {
      return types
    }
    var excluded = TypeSet()
    for schema in all.schemas {
      if case .bool(false) = self.document[schema] { return types }
      if let named = try self.namedTypes(of: schema) {
        excluded.formUnion(TypeSet.all.subtracting(named))
      }
    }
    if types.isSubset(of: excluded) { return types }
    if let values = try self.values(of: all.schemas) {
      var isPossible = false
      for value in values where !isPossible {
        isPossible = true
        for schema in schemas where isPossible {
          isPossible = try self.isValid(value, byOwn: schema)
        }
      }
      if !isPossible { return types }
    }
    for type in [TypeSet.number, .string, .array, .object]
    where !types.isDisjoint(with: type) && !type.isSubset(of: excluded) {
      let isApart =
        switch type {
        case .number: try self.numbers(of: schemas, areApartFrom: all.schemas)
        case .string: try self.strings(of: schemas, areApartFrom: all.schemas)
        case .array: try self.arrays(of: schemas, areApartFrom: all.schemas, depth)
        default: try self.objects(of: schemas, areApartFrom: all.schemas, depth)
        }
      if isApart { excluded.formUnion(type) }
    }
    return types.intersection(excluded)
  }

  private func numbers(
    of schemas: [Number],
    areApartFrom others: [Number]
  ) throws(SchemaError) -> Bool {
    let low = try self.limit("minimum", "exclusiveMinimum", of: schemas + others)
    let high = try self.limit("maximum", "exclusiveMaximum", of: schemas + others)
    guard let low, let high else { return false }
    return high.value < low.value
      || (high.value == low.value && (low.isExclusive || high.isExclusive))
  }

  private mutating func strings(
    of schemas: [Number],
    areApartFrom others: [Number]
  ) throws(SchemaError) -> Bool {
    let all = schemas + others
    guard
      let (minimum, maximum) = try self.counts("minLength", "maxLength", of: all, isNoting: false)
    else { return true }
    var patterns: [Int] = []
    for schema in all { patterns += try self.patterns(of: schema) }
    guard patterns.count > 1 else { return false }
    let limits = PatternAutomaton.Limits(
      states: PatternAutomaton.maximumStates,
      work: Self.maximumApartWork - self.apartWork,
      endsAtText: true
    )
    let (automaton, work) = try self.automaton(patterns, minimum, maximum, limits)
    // Each pair of branches compares its patterns, which can be many.
    self.apartWork += work + 1
    guard self.apartWork < Self.maximumApartWork else {
      throw self.error(
        "the patterns",
        at: others.first ?? schemas[0],
        "and those of the other schemas of \"oneOf\" take more than \(Self.maximumApartWork) steps "
          + "to tell apart: write \"anyOf\""
      )
    }
    // If texts were shortened, nothing is known about longer ones.
    return automaton.map { !$0.mayBeReached && !$0.isShortened } ?? false
  }

  private mutating func arrays(
    of schemas: [Number],
    areApartFrom others: [Number],
    _ depth: Int
  ) throws(SchemaError) -> Bool {
    guard
      let (minimum, _) = try self.counts("minItems", "maxItems", of: schemas, isNoting: false),
      try self.counts("minItems", "maxItems", of: schemas + others, isNoting: false) != nil
    else { return true }
    guard minimum > 0 else { return false }
    var own: [Number] = []
    for schema in schemas {
      let (prefix, rest) = try self.items(of: schema)
      if let item = prefix.first ?? rest { own.append(item) }
    }
    for other in others {
      let (prefix, rest) = try self.items(of: other)
      if let item = prefix.first ?? rest, try self.values(of: own, areApartFrom: item, depth) {
        return true
      }
    }
    return false
  }

  private mutating func objects(
    of schemas: [Number],
    areApartFrom others: [Number],
    _ depth: Int
  ) throws(SchemaError) -> Bool {
    let all = schemas + others
    if try self.counts("minProperties", "maxProperties", of: all, isNoting: false) == nil {
      return true
    }
    let members = try self.members(of: schemas)
    let names = Set(members.map(\.name))
    if try !self.isOpen(schemas, isDeclaring: !members.isEmpty) {
      for other in others {
        for name in try self.requiredNames(of: other) where !names.contains(name) {
          return true
        }
      }
    }
    for member in members where member.isRequired {
      if try self.isApart(member, others, depth) { return true }
    }
    return false
  }

  /// An optional member whose values another schema does not allow.
  private mutating func discriminator(
    of schemas: [Number],
    against other: Number
  ) throws(SchemaError) -> Identifier? {
    guard let all = try self.conjunction(of: [other], with: Conjunction(), because: []) else {
      return nil
    }
    for member in try self.members(of: schemas) where !member.isRequired {
      if try self.isApart(member, all.schemas, 0) { return member.name }
    }
    return nil
  }

  private mutating func isApart(
    _ member: Member,
    _ others: [Number],
    _ depth: Int
  ) throws(SchemaError) -> Bool {
    for other in others {
      for schema in try self.schemas(ofMember: member.name, in: other)
      where try self.values(of: member.schemas, areApartFrom: schema, depth) {
        return true
      }
    }
    return false
  }

  /// Whether another schema allows none of the values of some schemas.
  private mutating func values(
    of schemas: [Number],
    areApartFrom other: Number,
    _ depth: Int
  ) throws(SchemaError) -> Bool {
    guard let own = try self.conjunction(of: schemas, with: Conjunction(), because: []) else {
      return true
    }
    if let values = try self.values(of: own.schemas) {
      for value in values where try self.isValid(value, by: other) { return false }
      return true
    }
    let types = try self.writtenTypes(of: own)
    return types.isSubset(
      of: try self.types(of: own.schemas, types, excludedBy: other, depth: depth + 1)
    )
  }

  private mutating func typeSchema(_ types: TypeSet) -> Number {
    let names = JSONType.allCases.filter { TypeSet($0).isSubset(of: types) }
    return self.document.add(
      .object([.init("type", .array(names.map { .string(Identifier($0.rawValue)) }))])
    )
  }

  private mutating func requiredSchema(_ names: [Identifier]) -> Number {
    self.document.add(.object([.init("required", .array(names.map { .string($0) }))]))
  }
}
