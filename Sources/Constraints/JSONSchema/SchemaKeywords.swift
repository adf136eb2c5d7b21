internal import Identifiers

/// The keywords of JSON Schema, and how each is treated.
enum SchemaKeywords {
  /// The keywords for the values of one type, by type.
  static let byType: KeyValuePairs<JSONType, [Identifier]> = [
    .object: [
      "properties", "required", "additionalProperties", "minProperties", "maxProperties",
      "propertyNames", "patternProperties",
    ],
    .array: ["items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems"],
    .string: ["minLength", "maxLength", "pattern", "format"],
    .number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ]

  /// All keywords that are compiled.
  static let supported: Set<Identifier> = Set(byType.flatMap(\.value)).union([
    "type", "enum", "const", "anyOf", "oneOf", "allOf", "not", "$ref", "nullable",
  ])

  /// Keywords that do not affect validity.
  static let annotations: Set<Identifier> = [
    "$schema", "$id", "id", "$anchor", "$comment", "$defs", "definitions", "$vocabulary", "title",
    "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly",
    "discriminator", "xml", "externalDocs", "contentEncoding", "contentMediaType", "contentSchema",
    "$dynamicAnchor",
  ]

  /// Keywords that a grammar cannot express, or that newer drafts renamed, and what to use instead.
  static let unsupported: [Identifier: String] = [
    "if": "", "then": "", "else": "", "contains": "", "minContains": "", "maxContains": "",
    "dependentRequired": "", "dependentSchemas": "", "unevaluatedProperties": "",
    "unevaluatedItems": "", "$dynamicRef": "", "$recursiveRef": "", "$recursiveAnchor": "",
    "dependencies":
      "; today's keywords are \"dependentRequired\" and \"dependentSchemas\", which are not either",
    "divisibleBy": "; today's keyword is \"multipleOf\"",
    "extends": "; today's keyword is \"allOf\"",
    "disallow": "; today's keyword is \"not\"",
  ]

  /// The keyword that an unknown name was probably meant to be.
  static func meant(by name: Identifier) -> Identifier? {
    let bytes = Array(name.utf8)
    guard bytes.count >= 4, bytes.count <= 30 else { return nil }
    let keywords = Self.supported.union(Self.unsupported.keys)
    return keywords.sorted().first { keyword in
      let other = Array(keyword.utf8)
      return bytes.map { $0 | 0x20 } == other.map { $0 | 0x20 }
        || (other.count >= 5 && Self.isTypingError(bytes, other))
    }
  }

  /// Whether they differ by one letter, or by two swapped letters.
  private static func isTypingError(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    let start = zip(first, second).prefix { $0 == $1 }.count
    let end = zip(first.dropFirst(start).reversed(), second.dropFirst(start).reversed())
      .prefix { $0 == $1 }.count
    let rest = first.dropFirst(start).dropLast(end)
    let other = second.dropFirst(start).dropLast(end)
    return max(rest.count, other.count) <= 1
      || (rest.count == 2 && other.count == 2 && rest.elementsEqual(other.reversed()))
  }
}

/// The types of JSON Schema. A whole number is both an "integer" and a "number".
enum JSONType: String, CaseIterable {
  case object, array, string, number, integer, boolean, null
}

/// A set of types, where "number" is only the numbers that are not whole.
struct TypeSet: OptionSet, Hashable {
  var rawValue: UInt8

  static let object = TypeSet(.object)
  static let array = TypeSet(.array)
  static let string = TypeSet(.string)
  static let integer = TypeSet(.integer)
  static let boolean = TypeSet(.boolean)
  static let null = TypeSet(.null)
  static let number = TypeSet(.number)
  static let all = TypeSet(rawValue: 0x7F)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ type: JSONType) {
    self.init(rawValue: type.bit | (type == .number ? JSONType.integer.bit : 0))
  }
}

extension JSONType {
  fileprivate var bit: UInt8 {
    switch self {
    case .object: 1
    case .array: 2
    case .string: 4
    case .number: 8
    case .integer: 16
    case .boolean: 32
    case .null: 64
    }
  }
}
