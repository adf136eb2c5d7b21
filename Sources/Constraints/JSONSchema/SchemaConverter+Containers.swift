internal import JSON

/// Objects.
extension SchemaConverter {
  /// A name, a colon and a value.
  private struct Member {
    var rule: String
    var isRequired: Bool
  }

  /// Members come in the order of the schema, so that each is there once.
  mutating func object(_ schema: Schema) throws(SchemaError) -> String {
    let declared = try self.declaredProperties(of: schema)
    let additional = try self.additional(of: schema, besides: declared.map(\.name))
    let space = self.space
    if declared.isEmpty {
      let (minimum, maximum) = try schema.counts("minProperties", "maxProperties")
      let items = additional.map { self.list(of: $0, minimum, maximum) } ?? ""
      return "( \"{\" \(space) \(items) \"}\" )"
    }
    for keyword in ["minProperties", "maxProperties"] where schema.has(keyword) {
      throw SchemaError(
        "the keyword \"\(keyword)\"",
        at: schema.path,
        "is not supported beside \"properties\""
      )
    }
    var members: [Member] = []
    for property in declared {
      let path = schema.path.appending("properties").appending(property.name)
      let value = try self.expression(for: property.schema, at: path)
      let rule = self.newName("member")
      let name = GBNF.literal(GBNF.json(.string(property.name)) + ":")
      self.add(rule, "\(name) \(space) \(value)")
      members.append(Member(rule: rule, isRequired: property.isRequired))
    }
    return "( \"{\" \(space) \(self.sequence(members, additional)) \"}\" )"
  }

  private func declaredProperties(
    of schema: Schema
  ) throws(SchemaError) -> [(name: String, schema: JSONValue, isRequired: Bool)] {
    var required: [String] = []
    for value in try schema.array("required") ?? [] {
      guard case .string(let name) = value else {
        throw SchemaError("\"required\"", at: schema.path, "must be an array of strings")
      }
      if !required.contains(name) { required.append(name) }
    }
    var members: [JSONValue.Member] = []
    if let properties = schema["properties"] {
      guard case .object(let declared) = properties else {
        throw SchemaError("\"properties\"", at: schema.path, "must be an object")
      }
      members = declared
    }
    let undeclared = required.filter { name in !members.contains { $0.name == name } }
    let other = schema["additionalProperties"] ?? .bool(true)
    members += undeclared.map { JSONValue.Member($0, other) }
    return members.map { ($0.name, $0.value, required.contains($0.name)) }
  }

  /// The members with names of their own. An object whose properties are declared has only those
  /// unless it says otherwise.
  private mutating func additional(
    of schema: Schema,
    besides names: [String]
  ) throws(SchemaError) -> String? {
    let value = schema["additionalProperties"] ?? .bool(!schema.has("properties") && names.isEmpty)
    if value == .bool(false) { return nil }
    let path = schema.path.appending("additionalProperties")
    let expression = try self.expression(for: value, at: path)
    let name = names.isEmpty ? self.anyString : self.otherName(than: names)
    let rule = self.newName("member")
    self.add(rule, "\(name) \":\" \(self.space) \(expression)")
    return rule
  }

  /// A string that is none of `names`, written without escapes.
  private mutating func otherName(than names: [String]) -> String {
    let plain = names.map { Array($0.unicodeScalars) }
      .filter { $0.allSatisfy { GBNF.plain.contains($0) } }
    return "\"\\\"\" \(self.rest(otherThan: plain))"
  }

  /// The rest of such a string and its quotation mark.
  private mutating func rest(otherThan rests: [[Unicode.Scalar]]) -> String {
    let next = Dictionary(grouping: rests.filter { !$0.isEmpty }) { $0[0] }
    let others = GBNF.plain.subtracting(ScalarSet(next.keys.map { $0.value ... $0.value }))
    var choices = ["\(GBNF.characterClass(others)) \(GBNF.characterClass(GBNF.plain))* \"\\\"\""]
    if !rests.contains([]) { choices.append("\"\\\"\"") }
    for (scalar, rests) in next.sorted(by: { $0.key < $1.key }) {
      let rest = self.rest(otherThan: rests.map { Array($0.dropFirst()) })
      choices.append("\(GBNF.literal(String(Character(scalar)))) \(rest)")
    }
    let name = self.newName("other")
    self.add(name, choices.joined(separator: " | "))
    return name
  }

  /// Declared members, of which those may be missing that are not required, and then others. Where
  /// the first ones may be missing, each may be the one that no comma is before.
  private mutating func sequence(_ members: [Member], _ additional: String?) -> String {
    let space = self.space
    let firstRequired = members.firstIndex(where: \.isRequired)
    let lastStart = firstRequired ?? members.count - 1
    var starts: [String] = []
    var rest = additional.map { "( \",\" \(space) \($0) )*" } ?? ""
    for (index, member) in members.enumerated().reversed() {
      if index <= lastStart {
        if lastStart > 0 && !rest.isEmpty {
          let name = self.newName("rest")
          self.add(name, rest)
          rest = name
        }
        starts.insert("\(member.rule) \(rest)", at: 0)
      }
      let item = "\",\" \(space) \(member.rule)"
      rest = "\(member.isRequired ? item : "( \(item) )?") \(rest)"
    }
    if firstRequired == nil, let additional {
      starts.append("\(additional) ( \",\" \(space) \(additional) )*")
    }
    return "( \(GBNF.choice(starts)) \(space) )\(firstRequired == nil ? "?" : "")"
  }
}

/// Arrays.
extension SchemaConverter {
  mutating func array(_ schema: Schema) throws(SchemaError) -> String {
    if let unique = schema["uniqueItems"], unique != .bool(false) {
      throw .unsupported("uniqueItems", at: schema.path)
    }
    let (minimum, maximum) = try schema.counts("minItems", "maxItems")
    var prefix: [String] = []
    for (index, item) in (try schema.array("prefixItems") ?? []).enumerated() {
      let path = schema.path.appending("prefixItems").appending("\(index)")
      prefix.append(try self.expression(for: item, at: path))
    }
    prefix = Array(prefix.prefix(maximum ?? prefix.count))
    // As for objects: elements beyond the declared ones only where the schema speaks of them.
    let others = schema["items"] ?? .bool(prefix.isEmpty || minimum > prefix.count)
    var rest: String?
    if others != .bool(false), maximum.map({ $0 > prefix.count }) != false {
      rest = try self.expression(for: others, at: schema.path.appending("items"))
    }
    let space = self.space
    if prefix.isEmpty {
      guard rest != nil || minimum == 0 else { return "[]" }
      let items = rest.map { self.list(of: $0, minimum, maximum) } ?? ""
      return "( \"[\" \(space) \(items) \"]\" )"
    }
    guard rest != nil || minimum <= prefix.count else { return "[]" }
    var tail = ""
    if let rest {
      tail = GBNF.repetition(
        "( \",\" \(space) \(rest) )",
        max(0, minimum - prefix.count),
        maximum.map { $0 - prefix.count }
      )
    }
    for (index, item) in prefix.enumerated().reversed() {
      let item = index == 0 ? "\(item) \(tail)" : "\",\" \(space) \(item) \(tail)"
      // Rules, because brackets may not be nested as deep as arrays may be long.
      let name = self.newName("items")
      self.add(name, index < minimum ? item : "( \(item) )?")
      tail = name
    }
    return "( \"[\" \(space) \(tail) \(space) \"]\" )"
  }

  /// Items with commas between them.
  private mutating func list(of item: String, _ minimum: Int, _ maximum: Int?) -> String {
    if maximum == 0 { return "" }
    let space = self.space
    let more = GBNF.repetition(
      "( \",\" \(space) \(item) )",
      max(0, minimum - 1),
      maximum.map { $0 - 1 }
    )
    let tail = maximum == 1 ? "" : more
    return "( \(item) \(tail) \(space) )\(minimum == 0 ? "?" : "")"
  }
}
