internal import Identifiers

/// Checks whether listed values are valid.
extension SchemaCompiler {
  /// The most comparisons of values with schemas in all. All work that grows with a value or a
  /// schema is counted, so that they measure time.
  static let maximumChecks = 500_000
  private static let maximumDepth = 300

  /// Whether a value is valid under a schema and all that it refers to.
  mutating func isValid(
    _ value: Number,
    by schema: Number,
    depth: Int = 0
  ) throws(SchemaError) -> Bool {
    try self.countCheck(at: schema)
    switch self.document[schema] {
    case .bool(let bool): return bool
    case .object: break
    default: throw self.error("the schema", at: schema, "must be an object, true or false")
    }
    guard depth < Self.maximumDepth else {
      throw self.error("the schema", at: schema, "refers to itself without end")
    }
    try self.checkKeywords(of: schema)
    if let target = try self.reference(of: schema),
      try !self.isValid(value, by: target, depth: depth + 1)
    {
      return false
    }
    for part in try self.list("allOf", of: schema) ?? []
    where try !self.isValid(value, by: part, depth: depth + 1) {
      return false
    }
    if let parts = try self.list("anyOf", of: schema),
      try self.validCount(value, by: parts, depth, atMost: 1) == 0
    {
      return false
    }
    if let parts = try self.list("oneOf", of: schema),
      try self.validCount(value, by: parts, depth, atMost: 2) != 1
    {
      return false
    }
    return try self.isValid(value, byKeywordsOf: schema, depth)
  }

  private mutating func validCount(
    _ value: Number,
    by schemas: [Number],
    _ depth: Int,
    atMost most: Int
  ) throws(SchemaError) -> Int {
    var count = 0
    for schema in schemas where count < most {
      if try self.isValid(value, by: schema, depth: depth + 1) { count += 1 }
    }
    return count
  }

  /// Whether a value is valid under a schema's own keywords, without those that apply other schemas
  /// to it.
  mutating func isValid(
    _ value: Number,
    byOwn schema: Number
  ) throws(SchemaError) -> Bool {
    try self.countCheck(at: schema)
    if case .bool(let bool) = self.document[schema] { return bool }
    return try self.isValid(value, byKeywordsOf: schema, 0)
  }

  private mutating func isValid(
    _ value: Number,
    byKeywordsOf schema: Number,
    _ depth: Int
  ) throws(SchemaError) -> Bool {
    if let constant = self.document.member("const", of: schema),
      self.document.identity(of: value) != self.document.identity(of: constant)
    {
      return false
    }
    if let values = try self.list("enum", of: schema) {
      let known = self.enums[schema] ?? Set(values.map { self.document.identity(of: $0) })
      self.enums[schema] = known
      guard known.contains(self.document.identity(of: value)) else { return false }
    }
    if let types = try self.namedTypes(of: schema), !types.contains(self.type(of: value)) {
      return false
    }
    if let other = self.document.member("not", of: schema),
      try self.isValid(value, by: other, depth: depth + 1)
    {
      return false
    }
    switch self.document[value] {
    case .number(let number): return try self.isValid(number, by: schema)
    case .string(let text): return try self.isValid(text, value, by: schema)
    case .array(let items): return try self.isValid(items, of: value, by: schema, depth)
    case .object(let members): return try self.isValid(members, of: value, by: schema, depth)
    case .null, .bool: return true
    }
  }

  mutating func countCheck(_ count: Int = 1, at schema: Number) throws(SchemaError) {
    self.valueChecks += count
    try self.work { builder throws(GrammarError) in try builder.work.add(count) }
    guard self.valueChecks <= Self.maximumChecks else {
      throw self.error(
        "the schema",
        at: schema,
        "needs more than \(Self.maximumChecks) comparisons of listed values with schemas"
      )
    }
  }

  private func type(of value: Number) -> TypeSet {
    switch self.document[value] {
    case .null: .null
    case .bool: .boolean
    case .number(let number): number.isInteger ? .integer : TypeSet.number.subtracting(.integer)
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  private mutating func isValid(
    _ number: Decimal,
    by schema: Number
  ) throws(SchemaError) -> Bool {
    for limit in try self.limits("minimum", "exclusiveMinimum", of: schema)
    where number < limit.value || (limit.isExclusive && number == limit.value) {
      return false
    }
    for limit in try self.limits("maximum", "exclusiveMaximum", of: schema)
    where number > limit.value || (limit.isExclusive && number == limit.value) {
      return false
    }
    guard let factor = self.document.member("multipleOf", of: schema) else { return true }
    guard case .number(let divisor) = self.document[factor] else {
      throw self.error("\"multipleOf\"", at: schema, "must be a number above 0")
    }
    guard let isMultiple = Factor(divisor)?.divides(number) else {
      throw self.error(
        "the keyword \"multipleOf\"",
        at: schema,
        "is not supported for numbers of more than \(Factor.maximumPlaces) digits"
      )
    }
    return isMultiple
  }

  private mutating func isValid(
    _ text: Identifier,
    _ value: Number,
    by schema: Number
  ) throws(SchemaError) -> Bool {
    let count = self.textLengths[value] ?? text.text.unicodeScalars.count
    self.textLengths[value] = count
    if let minimum = try self.count("minLength", of: schema), count < minimum { return false }
    if let maximum = try self.count("maxLength", of: schema), count > maximum { return false }
    guard let number = self.document.member("pattern", of: schema) else { return true }
    guard case .string(let pattern) = self.document[number] else {
      throw self.error("\"pattern\"", at: schema, "must be a string")
    }
    return try self.matches(text, pattern, at: schema)
  }

  private mutating func isValid(
    _ items: [Number],
    of value: Number,
    by schema: Number,
    _ depth: Int
  ) throws(SchemaError) -> Bool {
    if let minimum = try self.count("minItems", of: schema), items.count < minimum { return false }
    if let maximum = try self.count("maxItems", of: schema), items.count > maximum { return false }
    let (prefix, rest) = try self.items(of: schema)
    for (item, own) in zip(items, prefix)
    where try !self.isValid(item, by: own, depth: depth + 1) {
      return false
    }
    if let rest {
      for item in items.dropFirst(prefix.count)
      where try !self.isValid(item, by: rest, depth: depth + 1) {
        return false
      }
    }
    if let unique = self.document.member("uniqueItems", of: schema),
      case .bool(true) = self.document[unique]
    {
      let areUnique =
        self.areItemsUnique[value]
        ?? (Set(items.map { self.document.identity(of: $0) }).count == items.count)
      self.areItemsUnique[value] = areUnique
      return areUnique
    }
    return true
  }

  private mutating func isValid(
    _ members: [(name: Identifier, value: Number)],
    of value: Number,
    by schema: Number,
    _ depth: Int
  ) throws(SchemaError) -> Bool {
    if let minimum = try self.count("minProperties", of: schema), members.count < minimum {
      return false
    }
    if let maximum = try self.count("maxProperties", of: schema), members.count > maximum {
      return false
    }
    for (index, name) in try self.requiredNames(of: schema).enumerated() {
      // Looking up several names takes about as long as the rest of a comparison.
      if index % 8 == 7 { try self.countCheck(at: schema) }
      if self.document.member(name, of: value) == nil { return false }
    }
    let about =
      ["properties", "patternProperties", "additionalProperties", "propertyNames"]
      as [Identifier]
    guard about.contains(where: { self.document.member($0, of: schema) != nil }) else {
      return true
    }
    for member in members {
      try self.countCheck(at: schema)
      for own in try self.schemas(ofMember: member.name, in: schema)
      where try !self.isValid(member.value, by: own, depth: depth + 1) {
        return false
      }
    }
    return true
  }
}
