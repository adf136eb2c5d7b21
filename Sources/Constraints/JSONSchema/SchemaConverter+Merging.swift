internal import JSON

/// Schemas that have to be valid together.
extension SchemaConverter {
  /// Writes a schema with `$ref` or `allOf` as one without.
  mutating func merged(_ schema: Schema, depth: Int = 0) throws(SchemaError) -> Schema {
    try self.countSchema(at: schema.path)
    guard depth < Self.maximumDepth else {
      throw SchemaError("the schema", at: schema.path, "refers to itself without end")
    }
    var parts: [(JSONValue, SchemaPath)] = []
    if schema.has("$ref") {
      parts.append((try self.target(of: schema).1, schema.path.appending("$ref")))
    }
    for (index, part) in (try schema.array("allOf") ?? []).enumerated() {
      parts.append((part, schema.path.appending("allOf").appending("\(index)")))
    }
    var result = schema.without("$ref", "allOf")
    for (part, path) in parts {
      switch part {
      case .bool(true): continue
      case .object(let members):
        var other = Schema(path: path, keywords: members)
        // The only part, which may lead to itself.
        if result.keywords.isEmpty, parts.count == 1 { return other }
        var depth = depth
        while other.has("$ref") || other.has("allOf") {
          depth += 1
          other = try self.merged(other, depth: depth)
        }
        result = try self.merge(result, other)
      default: throw SchemaError("the schema", at: path, "must be an object or true to be merged")
      }
    }
    return result
  }

  func merge(_ first: Schema, _ second: Schema) throws(SchemaError) -> Schema {
    try Self.checkAdditionalProperties(first, second)
    try Self.checkAdditionalProperties(second, first)
    var result = first
    for keyword in second.keywords {
      guard let other = first[keyword.name], other != keyword.value else {
        result = result.with(keyword.name, keyword.value)
        continue
      }
      guard let both = try Self.merge(keyword.name, other, keyword.value) else {
        throw SchemaError(
          "the keyword \"\(keyword.name)\"",
          at: first.path,
          "is there twice in what has to be valid together, with values that cannot be merged"
        )
      }
      result = result.with(keyword.name, both)
    }
    return result
  }

  /// One that allows no other properties does not allow those of the other either.
  private static func checkAdditionalProperties(
    _ first: Schema,
    _ second: Schema
  ) throws(SchemaError) {
    guard
      let additional = first["additionalProperties"], additional != .bool(true),
      additional != second["additionalProperties"]
    else { return }
    let (names, others) = (first["properties"]?.names ?? [], second["properties"]?.names ?? [])
    guard Set(others).isSubset(of: names), second["additionalProperties"] == nil else {
      throw SchemaError(
        "the keyword \"additionalProperties\"",
        at: first.path,
        "is not supported in what is merged with other properties"
      )
    }
  }

  /// - Returns: nil when that is not known.
  private static func merge(
    _ keyword: String,
    _ first: JSONValue,
    _ second: JSONValue
  ) throws(SchemaError) -> JSONValue? {
    switch (keyword, first, second) {
    case ("properties", .object(let members), .object(let others)):
      var result = members
      for other in others {
        if let index = result.firstIndex(where: { $0.name == other.name }) {
          let both = JSONValue.Member("allOf", .array([result[index].value, other.value]))
          result[index].value = .object([both])
        } else {
          result.append(other)
        }
      }
      return .object(result)
    case ("required", .array(let names), .array(let others)):
      return .array(names + others.filter { !names.contains($0) })
    case ("type", _, _):
      return self.commonTypes(first.elements, second.elements).map { .array($0) }
    case ("minimum", .number(let a), .number(let b)),
      ("exclusiveMinimum", .number(let a), .number(let b)),
      ("minLength", .number(let a), .number(let b)), ("minItems", .number(let a), .number(let b)):
      return .number((Double(a) ?? 0) > (Double(b) ?? 0) ? a : b)
    case ("maximum", .number(let a), .number(let b)),
      ("exclusiveMaximum", .number(let a), .number(let b)),
      ("maxLength", .number(let a), .number(let b)), ("maxItems", .number(let a), .number(let b)):
      return .number((Double(a) ?? 0) < (Double(b) ?? 0) ? a : b)
    default: return nil
    }
  }

  private static func commonTypes(_ first: [JSONValue], _ second: [JSONValue]) -> [JSONValue]? {
    func allows(_ types: [JSONValue], _ type: JSONValue) -> Bool {
      types.contains(type) || (type == .string("integer") && types.contains(.string("number")))
    }
    let common = first.filter { allows(second, $0) } + second.filter { allows(first, $0) }
    let distinct = common.enumerated().filter { !common[..<$0.offset].contains($0.element) }
    return distinct.isEmpty ? nil : distinct.map(\.element)
  }
}

extension JSONValue {
  fileprivate var names: [String] {
    if case .object(let members) = self { members.map(\.name) } else { [] }
  }

  fileprivate var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [self] }
  }
}
