internal import Identifiers
internal import JSON

/// Arrays.
extension SchemaCompiler {
  mutating func defineArray(_ rule: Int32, as schemas: [Number]) throws(SchemaError) {
    guard let (minimum, maximum) = try self.counts("minItems", "maxItems", of: schemas) else {
      return
    }
    if maximum ?? .max > 1, let schema = try self.uniqueItems(of: schemas) {
      throw self.error(
        "the keyword \"uniqueItems\"",
        at: schema,
        "is not supported for more than one item"
      )
    }
    var lists: [(prefix: [Number], rest: Number?)] = []
    for schema in schemas { lists.append(try self.items(of: schema)) }
    let count = min(lists.map(\.prefix.count).max() ?? 0, maximum ?? .max)
    let items = try (0 ..< count).map { index throws(SchemaError) in
      try self.rule(
        for: lists.compactMap { $0.prefix.count > index ? $0.prefix[index] : $0.rest }
      )
    }
    // More items than declared only if the schema mentions them.
    let isOpen = lists.contains { $0.rest != nil } || count == 0 || minimum > count
    var rest: Int32?
    if isOpen, maximum.map({ $0 > count }) ?? true {
      rest = try self.rule(for: lists.compactMap(\.rest))
    }
    let space = try self.space()
    let comma: [Element] = [.byte(UInt8(ascii: ",")), space]
    try self.work { builder throws(GrammarError) in
      // What follows the items so far, from the last to the first.
      var tail: [Element] = [space]
      if let rest {
        let item = try builder.newRule([comma + [.rule(rest)]])
        let (low, high) = (max(0, minimum - max(count, 1)), maximum.map { $0 - max(count, 1) })
        if high != 0 {
          tail.insert(try builder.repetition(.rule(item), low, high), at: 0)
        }
      } else if minimum > count {
        tail.insert(try builder.nothing(), at: 0)
      }
      for (index, item) in items.enumerated().reversed() {
        let start: [Element] = index == 0 ? [] : comma
        var alternatives = [start + [.rule(item)] + tail]
        if index >= minimum { alternatives.append(index == 0 ? [] : [space]) }
        tail = [.rule(try builder.newRule(alternatives))]
      }
      if items.isEmpty {
        if let rest {
          var alternatives = [[.rule(rest)] + tail]
          if minimum == 0 { alternatives.append([]) }
          tail = [.rule(try builder.newRule(alternatives))]
        } else if minimum == 0 {
          tail = []
        }
      }
      try builder.add(
        [.byte(UInt8(ascii: "[")), space] + tail + [.byte(UInt8(ascii: "]"))],
        to: rule
      )
    }
  }

  /// The schemas of the first items, and the schema of the rest. Until draft 2019-09 the list was
  /// `items`, and the schema of the rest `additionalItems`.
  func items(of schema: Number) throws(SchemaError) -> (prefix: [Number], rest: Number?) {
    let items = self.document.member("items", of: schema)
    if let items, case .array(let list) = self.document[items] {
      guard self.document.member("prefixItems", of: schema) == nil else {
        throw self.error("\"items\"", at: schema, "must be a schema beside \"prefixItems\"")
      }
      return (list, self.document.member("additionalItems", of: schema))
    }
    return (try self.list("prefixItems", of: schema) ?? [], items)
  }

  private func uniqueItems(of schemas: [Number]) throws(SchemaError) -> Number? {
    for schema in schemas {
      guard let number = self.document.member("uniqueItems", of: schema) else { continue }
      guard case .bool(let isUnique) = self.document[number] else {
        throw self.error("\"uniqueItems\"", at: schema, "must be true or false")
      }
      if isUnique { return schema }
    }
    return nil
  }
}

/// Objects.
extension SchemaCompiler {
  mutating func defineObject(_ rule: Int32, as schemas: [Number]) throws(SchemaError) {
    guard
      let (minimum, maximum) = try self.counts("minProperties", "maxProperties", of: schemas)
    else { return }
    let members = try self.members(of: schemas)
    if try self.noteMissing(members, of: schemas) { return }
    let other = try self.other(of: schemas, besides: members)
    let required = members.count(where: \.isRequired)
    if let maximum, maximum < required {
      return self.note(
        "\"maxProperties\"",
        at: self.first(schemas, with: "maxProperties") ?? 0,
        "is less than the \(required) that are required"
      )
    }
    if minimum > members.count + (other == nil ? 0 : 1) {
      throw self.error(
        "the keyword \"minProperties\"",
        at: self.first(schemas, with: "minProperties") ?? 0,
        "is \(minimum), but at most \(members.count + (other == nil ? 0 : 1)) is supported there: "
          + "one more than the properties that are declared, where there may be others"
      )
    }
    let space = try self.space()
    var rules: [Int32] = []
    for member in members { rules.append(try self.rule(for: member.schemas)) }
    try self.work { builder throws(GrammarError) in
      let table = builder.nextTable
      let comma: [Element] = [.byte(UInt8(ascii: ",")), space]
      let name: [Element] = [.name(table), .otherName(table)]
      var values: [Int32] = []
      for rule in rules {
        values.append(try builder.position(of: [space, .rule(rule), space]))
      }
      var others: MemberTable.Other?
      if let other {
        let value: [Element] = [space, .rule(other.value), space]
        let named = other.name.map { [.rule($0), .byte(UInt8(ascii: ":"))] + value } ?? []
        others = MemberTable.Other(
          valueRule: other.value,
          value: try builder.position(of: value),
          nameRule: other.name,
          first: try builder.position(of: named),
          next: try builder.position(of: comma + named)
        )
      }
      let names = members.map { JSONText.string($0.name) + [UInt8(ascii: ":")] }
      let order = names.indices.sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
      let members = MemberTable(
        names: TextSet(names),
        members: order.map { Int32($0) },
        values: values,
        valueRules: rules,
        isRequired: members.map(\.isRequired),
        isPossible: rules.map { _ in true },
        isOrdered: other == nil,
        other: others,
        minimum: Int32(minimum),
        maximum: maximum.map { Int32($0) },
        first: try builder.position(of: name),
        next: try builder.position(of: comma + name)
      )
      let element = try builder.members(members)
      try builder.add(
        [.byte(UInt8(ascii: "{")), space, element, .byte(UInt8(ascii: "}"))],
        to: rule
      )
    }
  }

  /// Notes a required member for which no value is allowed.
  private mutating func noteMissing(
    _ members: [Member],
    of schemas: [Number]
  ) throws(SchemaError) -> Bool {
    for member in members where member.isRequired {
      for schema in member.schemas {
        guard case .bool(false) = self.document[schema] else { continue }
        var requiring = schemas[0]
        for schema in schemas where try self.requiredNames(of: schema).contains(member.name) {
          requiring = schema
        }
        self.note(
          "\"required\"",
          at: requiring,
          "has the member \"\(member.name.text.abbreviated)\", which "
            + (schema == self.noSchema
              ? "\"propertyNames\" does not allow"
              : "is not allowed: the schema at \(self.document.path(schema)) is false")
        )
        return true
      }
    }
    return false
  }

  struct Member {
    var name: Identifier
    var schemas: [Number]
    var isRequired: Bool
  }

  /// The declared or required members, in the order of the schema.
  mutating func members(of schemas: [Number]) throws(SchemaError) -> [Member] {
    var names: [Identifier] = []
    var required: Set<Identifier> = []
    var known: Set<Identifier> = []
    var declared: [Identifier: [Number]] = [:]
    // Schemas that constrain members other than those they declare.
    var others: [Number] = []
    for schema in schemas {
      for property in try self.schemas("properties", of: schema) {
        if known.insert(property.name).inserted { names.append(property.name) }
        declared[property.name, default: []].append(property.value)
      }
      for keyword in ["additionalProperties", "patternProperties", "propertyNames"] as [Identifier]
      where self.document.member(keyword, of: schema) != nil {
        if others.last != schema { others.append(schema) }
      }
    }
    for name in try self.givenNames(of: schemas, isDeclaring: !names.isEmpty)
    where known.insert(name).inserted {
      names.append(name)
    }
    for schema in schemas {
      // Draft 03 had `required: true` in the property itself.
      for name in try self.requiredNames(of: schema) {
        required.insert(name)
        if known.insert(name).inserted { names.append(name) }
      }
    }
    var members: [Member] = []
    for name in names {
      var all = declared[name] ?? []
      if others.count > 1 { try self.countParts(others.count, at: others[0]) }
      for schema in others { all += try self.schemas(ofMember: name, in: schema) }
      members.append(Member(name: name, schemas: all, isRequired: required.contains(name)))
    }
    return members
  }

  /// The names besides the properties, if `propertyNames` lists them: as members of their own, each
  /// comes at most once.
  private mutating func givenNames(
    of schemas: [Number],
    isDeclaring: Bool
  ) throws(SchemaError) -> [Identifier] {
    let rules = schemas.compactMap { self.document.member("propertyNames", of: $0) }
    guard !rules.isEmpty, self.first(schemas, with: "patternProperties") == nil,
      try self.isOpen(schemas, isDeclaring: isDeclaring),
      let all = try self.conjunction(of: rules, with: Conjunction(), because: []),
      let values = try self.values(of: all.schemas)
    else { return [] }
    return values.compactMap {
      if case .string(let name) = self.document[$0] { name } else { nil }
    }
  }

  /// The schemas under which a member's value must be valid.
  mutating func schemas(
    ofMember name: Identifier,
    in schema: Number
  ) throws(SchemaError) -> [Number] {
    var schemas: [Number] = []
    if let properties = self.document.member("properties", of: schema),
      let own = self.document.member(name, of: properties)
    {
      schemas.append(own)
    }
    for (pattern, value) in try self.schemas("patternProperties", of: schema)
    where try self.matches(name, pattern, at: schema) {
      schemas.append(value)
    }
    if schemas.isEmpty, let other = self.document.member("additionalProperties", of: schema) {
      schemas.append(other)
    }
    if let names = self.document.member("propertyNames", of: schema) {
      let text = self.nameValues[name] ?? self.document.add(.string(name))
      self.nameValues[name] = text
      if try !self.isValid(text, by: names) { schemas.append(self.falseSchema()) }
    }
    return schemas
  }

  /// Whether a text matches a pattern.
  mutating func matches(
    _ text: Identifier,
    _ pattern: Identifier,
    at schema: Number
  ) throws(SchemaError) -> Bool {
    let number = try self.pattern(pattern, at: schema)
    // Eight steps take about as long as one comparison.
    let rest = 8 * (Self.maximumChecks - self.valueChecks)
    var steps = text.utf8.count
    let nodes = self.nodes(of: number, maximumWork: rest, &steps)
    steps += nodes?.nodes.count ?? 0
    let matches = nodes.flatMap {
      PatternAutomaton.matches(text.text, $0, maximumWork: rest, &steps)
    }
    try self.countCheck(1 + steps / 8, at: schema)
    guard let matches else {
      throw self.error(
        "the pattern \"\(pattern.text.abbreviated)\"",
        at: schema,
        "is too large to be tried on given texts"
      )
    }
    return matches
  }

  /// Whether there may be members with undeclared names.
  ///
  /// - Parameter isDeclaring: whether any members are declared.
  func isOpen(_ schemas: [Number], isDeclaring: Bool) throws(SchemaError) -> Bool {
    var isOpen = !isDeclaring
    for schema in schemas {
      guard let other = self.document.member("additionalProperties", of: schema) else { continue }
      if case .bool(false) = self.document[other] { return false }
      isOpen = true
    }
    return isOpen
  }

  /// Members with undeclared names. An object that declares properties has only those unless it
  /// says otherwise.
  private mutating func other(
    of schemas: [Number],
    besides members: [Member]
  ) throws(SchemaError) -> (name: Int32?, value: Int32)? {
    var values: [Number] = []
    var names: [Number] = []
    var patterns: [(name: Identifier, value: Number)] = []
    for schema in schemas {
      if let other = self.document.member("additionalProperties", of: schema) {
        values.append(other)
      }
      if let own = self.document.member("propertyNames", of: schema) { names.append(own) }
      patterns += try self.schemas("patternProperties", of: schema)
    }
    if let pattern = patterns.first {
      guard members.isEmpty else { return nil }
      guard patterns.count == 1, names.isEmpty,
        let schema = self.first(schemas, with: "patternProperties")
      else {
        throw self.error(
          "the keyword \"patternProperties\"",
          at: self.first(schemas, with: "patternProperties") ?? 0,
          "is supported with one pattern, and without \"propertyNames\""
        )
      }
      _ = schema
      // Only names that match the pattern are allowed, each under the pattern's schema alone.
      let only = schemas.filter {
        self.document.member("patternProperties", of: $0) == nil
          && self.document.member("additionalProperties", of: $0) != nil
      }
      let both =
        [pattern.value]
        + only.compactMap {
          self.document.member("additionalProperties", of: $0)
        }
      return (try self.nameRule([self.patternSchema(pattern.name)]), try self.rule(for: both))
    }
    guard try self.isOpen(schemas, isDeclaring: !members.isEmpty) else { return nil }
    let value = try self.rule(for: values)
    if !members.isEmpty { return names.isEmpty ? (nil, value) : nil }
    return (try self.nameRule(names), value)
  }

  /// The rule for names that are valid under some schemas.
  private mutating func nameRule(_ schemas: [Number]) throws(SchemaError) -> Int32 {
    if schemas.isEmpty, case .rule(let any) = try self.anyString() { return any }
    return try self.rule(for: schemas + [self.anyStringSchema()])
  }

  private mutating func patternSchema(_ pattern: Identifier) -> Number {
    self.document.add(
      .object([.init("type", .string("string")), .init("pattern", .string(pattern))])
    )
  }

  private mutating func anyStringSchema() -> Number {
    if let known = self.stringSchema { return known }
    let made = self.document.add(.object([.init("type", .string("string"))]))
    self.stringSchema = made
    return made
  }

  private mutating func falseSchema() -> Number {
    if let known = self.noSchema { return known }
    let made = self.document.add(.bool(false))
    self.noSchema = made
    return made
  }
}
