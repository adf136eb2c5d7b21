internal import JSON

extension Schema {
  private static let keywordsOfTypes: KeyValuePairs = [
    "object": ["properties", "required", "additionalProperties", "minProperties", "maxProperties"],
    "array": ["items", "prefixItems", "minItems", "maxItems", "uniqueItems"],
    "string": ["minLength", "maxLength", "pattern", "format"],
    "number": ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
  ]
  private static let types: Set = [
    "object", "array", "string", "number", "integer", "boolean", "null",
  ]

  /// The types that the schema is about: those that it names; without names, those that its
  /// keywords are for. None: all types are.
  ///
  /// - Throws: for keywords that are for no type.
  func types() throws(SchemaError) -> [String] {
    let known = Set(Self.keywordsOfTypes.flatMap(\.value))
    try self.allowOnly(known.union(["type"]))
    guard let type = self["type"] else {
      return Self.keywordsOfTypes.filter { $0.value.contains { self.has($0) } }.map(\.key)
    }
    let values: [JSONValue] = if case .array(let several) = type { several } else { [type] }
    var names: [String] = []
    for value in values {
      guard case .string(let name) = value, Self.types.contains(name) else {
        throw SchemaError("the type \(GBNF.json(value))", at: self.path, "is none of JSON Schema's")
      }
      names.append(name)
    }
    guard !names.isEmpty else { throw SchemaError("\"type\"", at: self.path, "is empty") }
    // Whole numbers are numbers: without this there would be two ways to write each.
    return names.contains("number") ? names.filter { $0 != "integer" } : names
  }
}
