internal import JSON

/// A schema that is an object: its keywords, in the order of the text.
struct Schema {
  var path: SchemaPath
  private(set) var keywords: [JSONValue.Member]

  /// Keywords that say nothing about what is valid.
  private static let annotations: Set = [
    "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default",
    "example", "examples", "deprecated", "readOnly", "writeOnly", "discriminator",
  ]

  init(path: SchemaPath, keywords: [JSONValue.Member]) {
    self.path = path
    self.keywords = keywords.filter { !Self.annotations.contains($0.name) }
  }

  subscript(_ name: String) -> JSONValue? {
    self.keywords.first { $0.name == name }?.value
  }

  func has(_ name: String) -> Bool { self[name] != nil }

  func without(_ names: String...) -> Schema {
    Schema(path: self.path, keywords: self.keywords.filter { !names.contains($0.name) })
  }

  func with(_ name: String, _ value: JSONValue) -> Schema {
    var schema = self.without(name)
    schema.keywords.append(JSONValue.Member(name, value))
    return schema
  }

  /// - Throws: for the first keyword that is not among `names`.
  func allowOnly(_ names: Set<String>) throws(SchemaError) {
    if let other = self.keywords.first(where: { !names.contains($0.name) }) {
      throw .unsupported(other.name, at: self.path)
    }
  }

  /// A whole number of at least 0, as the lengths are.
  func count(_ name: String) throws(SchemaError) -> Int? {
    guard let value = self[name] else { return nil }
    guard let count = value.integer, count >= 0 else {
      throw SchemaError("\"\(name)\"", at: self.path, "must be a whole number of at least 0")
    }
    guard count <= GrammarParser.maximumRepetitions else {
      throw SchemaError(
        "\"\(name)\"",
        at: self.path,
        "is \(count), but at most \(GrammarParser.maximumRepetitions) is supported"
      )
    }
    return count
  }

  /// Both ends of a number of repetitions.
  func counts(
    _ minimum: String,
    _ maximum: String
  ) throws(SchemaError) -> (minimum: Int, maximum: Int?) {
    let counts = (try self.count(minimum) ?? 0, try self.count(maximum))
    if let most = counts.1, most < counts.0 {
      throw SchemaError("\"\(maximum)\"", at: self.path, "is less than \"\(minimum)\"")
    }
    return counts
  }

  func array(_ name: String) throws(SchemaError) -> [JSONValue]? {
    guard let value = self[name] else { return nil }
    guard case .array(let elements) = value else {
      throw SchemaError("\"\(name)\"", at: self.path, "must be an array")
    }
    return elements
  }

  func string(_ name: String) throws(SchemaError) -> String? {
    guard let value = self[name] else { return nil }
    guard case .string(let string) = value else {
      throw SchemaError("\"\(name)\"", at: self.path, "must be a string")
    }
    return string
  }
}

extension JSONValue {
  /// The number when it is whole, however it is written; nil for others and beyond 15 digits.
  var integer: Int? {
    guard
      case .number(let text) = self, let number = Double(text), abs(number) < 1e15,
      let integer = Int(exactly: number)
    else { return nil }
    return integer
  }

  /// The type, by its name in a schema. A whole number is an "integer".
  var type: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: self.integer != nil ? "integer" : "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
