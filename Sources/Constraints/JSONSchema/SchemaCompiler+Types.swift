internal import Identifiers

/// Schemas without choices.
extension SchemaCompiler {
  mutating func define(
    _ rule: Int32,
    as schemas: [Number],
    without excluded: [Exclusion]
  ) throws(SchemaError) {
    if schemas.isEmpty { return try self.add([.rule(try self.anyValue())], to: rule) }
    for schema in schemas {
      if case .bool(false) = self.document[schema] {
        return self.note("the schema", at: schema, "is false, so that no value is valid")
      }
    }
    if let values = try self.values(of: schemas) {
      let allowed = try self.valid(values, by: schemas, without: excluded)
      if allowed.isEmpty { return }
      return try self.add(try self.texts(of: allowed), to: rule)
    }
    let types = try self.types(of: schemas)
    for (type, has) in [
      (JSONType.object, types.contains(.object)), (.array, types.contains(.array)),
      (.string, types.contains(.string)), (.number, types.contains(.number)),
      (.integer, types.contains(.integer) && !types.contains(.number)),
      (.boolean, types.contains(.boolean)), (.null, types.contains(.null)),
    ] where has {
      switch type {
      case .object: try self.defineObject(rule, as: schemas)
      case .array: try self.defineArray(rule, as: schemas)
      case .string: try self.defineString(rule, as: schemas)
      case .number, .integer: try self.defineNumber(rule, as: schemas, isInteger: type == .integer)
      case .boolean:
        try self.add(RuleBuilder.bytes("true".utf8), to: rule)
        try self.add(RuleBuilder.bytes("false".utf8), to: rule)
      case .null: try self.add(RuleBuilder.bytes("null".utf8), to: rule)
      }
    }
  }

  /// The types that all of some schemas allow. A schema without `type` allows those that its
  /// keywords are for, or all.
  mutating func types(
    of schemas: [Number],
    isNoting: Bool = true
  ) throws(SchemaError) -> TypeSet {
    var types = TypeSet.all
    var isNamed = false
    var about = TypeSet()
    for schema in schemas {
      if let named = try self.namedTypes(of: schema) {
        let common = types.intersection(named)
        if common.isEmpty, !types.isEmpty, isNoting {
          self.note("\"type\"", at: schema, "allows none of the types that the others allow")
        }
        types = common
        isNamed = true
      }
      for (type, keywords) in SchemaKeywords.byType
      where keywords.contains(where: { self.document.member($0, of: schema) != nil }) {
        about.formUnion(TypeSet(type))
      }
    }
    if !isNamed, !about.isEmpty { types = about }
    for schema in schemas {
      guard let other = self.document.member("not", of: schema) else { continue }
      types.subtract(try self.excludedTypes(by: other, of: schema))
      if types.isEmpty, isNoting { self.note("\"not\"", at: schema, "leaves no type of values") }
    }
    return types
  }

  mutating func namedTypes(of schema: Number) throws(SchemaError) -> TypeSet? {
    guard let number = self.document.member("type", of: schema) else { return nil }
    if let known = self.typesOfSchemas[schema] { return known }
    var types = TypeSet()
    let names: [Number] =
      if case .array(let list) = self.document[number] { list } else { [number] }
    for name in names {
      guard case .string(let text) = self.document[name],
        let type = JSONType.allCases.first(where: { Identifier($0.rawValue) == text })
      else {
        let written = String(decoding: self.document.text(of: name), as: UTF8.self).abbreviated
        throw self.error("the type \(written)", at: schema, "is not a type of JSON Schema")
      }
      types.formUnion(TypeSet(type))
    }
    guard !names.isEmpty else { throw self.error("\"type\"", at: schema, "is empty") }
    // OpenAPI 3.0.
    if let nullable = self.document.member("nullable", of: schema),
      case .bool(true) = self.document[nullable]
    {
      types.insert(.null)
    }
    self.typesOfSchemas[schema] = types
    return types
  }

  /// The types that a `not` excludes, if it says nothing else.
  private mutating func excludedTypes(
    by other: Number,
    of schema: Number
  ) throws(SchemaError) -> TypeSet {
    switch self.document[other] {
    case .bool(true): return .all
    case .bool(false): return []
    case .object(let members):
      let keywords = members.filter { !SchemaKeywords.annotations.contains($0.name) }
      if keywords.isEmpty { return .all }
      if keywords.count == 1, keywords[0].name == "type", let types = try self.namedTypes(of: other)
      {
        // A number is written by one rule, whole or not.
        return types.contains(.integer) ? types.union(.number) : types
      }
      if keywords.count == 1, keywords[0].name == "const",
        case .null = self.document[keywords[0].value]
      {
        return .null
      }
    default: break
    }
    throw self.error(
      "the keyword \"not\"",
      at: schema,
      "is not supported, but for types and beside \"enum\" and \"const\""
    )
  }
}

/// Values that `enum` and `const` list.
extension SchemaCompiler {
  /// The values of the shortest `enum` or `const` of some schemas.
  func values(of schemas: [Number]) throws(SchemaError) -> [Number]? {
    var shortest: [Number]?
    for schema in schemas {
      if let value = self.document.member("const", of: schema) { return [value] }
      if let values = try self.list("enum", of: schema), values.count < shortest?.count ?? .max {
        shortest = values
      }
    }
    return shortest
  }

  /// The distinct values that are valid under all of some schemas.
  private mutating func valid(
    _ values: [Number],
    by schemas: [Number],
    without excluded: [Exclusion]
  ) throws(SchemaError) -> [Number] {
    var valid: [Number] = []
    var seen: Set<SchemaDocument.Identity> = []
    for value in values {
      var isValid = true
      for schema in schemas where isValid {
        isValid = try self.isValid(value, byOwn: schema)
      }
      for exclusion in excluded {
        let branches = try self.list("oneOf", of: exclusion.schema) ?? []
        for (index, branch) in branches.enumerated() where isValid && index != exclusion.branch {
          isValid = try !self.isValid(value, by: branch)
        }
      }
      if isValid, seen.insert(self.document.identity(of: value)).inserted { valid.append(value) }
    }
    if valid.isEmpty {
      let schema =
        self.first(schemas, with: "const") ?? self.first(schemas, with: "enum") ?? schemas[0]
      self.note("the values", at: schema, "include none that is valid under the other keywords")
    }
    return valid
  }

  private mutating func texts(of values: [Number]) throws(SchemaError) -> [Element] {
    if let known = self.textSets[values] { return [.rule(known)] }
    let texts = values.map { self.document.text(of: $0) }
    let rule = try self.work { builder throws(GrammarError) in
      try builder.newRule([try builder.texts(texts)])
    }
    self.textSets[values] = rule
    return [.rule(rule)]
  }
}

/// Rules that are made once.
extension SchemaCompiler {
  mutating func shared(
    _ name: Identifier,
    _ make: (inout RuleBuilder) throws(GrammarError) -> [[Element]]
  ) throws(SchemaError) -> Element {
    if let known = self.shared[name] { return .rule(known) }
    let rule = try self.work { builder throws(GrammarError) in
      try builder.newRule(try make(&builder))
    }
    self.shared[name] = rule
    return .rule(rule)
  }

  /// A little white space, so that a model cannot continue it for ever.
  mutating func space() throws(SchemaError) -> Element {
    try self.shared("space") { builder throws(GrammarError) in
      let blanks = try builder.repetition(.byte(UInt8(ascii: " ")), 0, 20)
      return [[], [.byte(UInt8(ascii: " "))], [.byte(UInt8(ascii: "\n")), blanks]]
    }
  }

  mutating func anyString() throws(SchemaError) -> Element {
    let character = try self.anyCharacter()
    return try self.shared("string") { builder throws(GrammarError) in
      let mark = Element.byte(UInt8(ascii: "\""))
      return [[mark, try builder.repetition(character, 0, nil), mark]]
    }
  }

  /// One character of a JSON string, escaped or not. Not half of a surrogate pair.
  mutating func anyCharacter() throws(SchemaError) -> Element {
    try self.shared("character") { builder throws(GrammarError) in
      func set(_ text: String) throws(GrammarError) -> Element {
        try builder.scalar(ScalarSet(text.unicodeScalars.map { $0.value ... $0.value }))
      }
      let digit = try set("0123456789ABCDEFabcdef")
      let (d, slash) = (try set("Dd"), Element.byte(UInt8(ascii: "\\")))
      let u = Element.byte(UInt8(ascii: "u"))
      return [
        [try builder.scalar(JSONText.plain)],
        [slash, try set("\"\\/bfnrt")],
        [slash, u, try set("0123456789ABCEFabcef"), digit, digit, digit],
        [slash, u, d, try set("01234567"), digit, digit],
        [
          slash, u, d, try set("89ABab"), digit, digit,
          slash, u, d, try set("CDEFcdef"), digit, digit,
        ],
      ]
    }
  }

  mutating func anyNumber() throws(SchemaError) -> Element {
    try self.shared("number") { builder throws(GrammarError) in
      try DigitRules.anyNumber(&builder)
    }
  }

  /// Any JSON value.
  mutating func anyValue() throws(SchemaError) -> Int32 {
    if let known = self.shared["value"] { return known }
    let rule = self.builder.newRule()
    self.shared["value"] = rule
    let (string, number, space) = (try self.anyString(), try self.anyNumber(), try self.space())
    let member: [Element] = [string, .byte(UInt8(ascii: ":")), space, .rule(rule), space]
    try self.add(try self.list(of: member, "{", "}"), to: rule)
    try self.add(try self.list(of: [.rule(rule), space], "[", "]"), to: rule)
    try self.add([string], to: rule)
    try self.add([number], to: rule)
    for word in ["true", "false", "null"] { try self.add(RuleBuilder.bytes(word.utf8), to: rule) }
    return rule
  }

  /// Any number of items, separated by commas.
  private mutating func list(
    of item: [Element],
    _ first: String,
    _ last: String
  ) throws(SchemaError) -> [Element] {
    let space = try self.space()
    return try self.work { builder throws(GrammarError) in
      let more = try builder.newRule([[.byte(UInt8(ascii: ",")), space] + item])
      let all = try builder.newRule([item + [try builder.repetition(.rule(more), 0, nil)]])
      return RuleBuilder.bytes(first.utf8)
        + [space, try builder.repetition(.rule(all), 0, 1)] + RuleBuilder.bytes(last.utf8)
    }
  }
}
