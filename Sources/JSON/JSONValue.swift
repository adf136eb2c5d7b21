package import Identifiers

/// A JSON value, with the members of objects in the order of the text.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// The number as it is written.
  case number(String)
  case string(Identifier)
  case array([JSONValue])
  case object([Member])

  /// A member of an object.
  package struct Member: Hashable, Sendable {
    /// Compared by bytes (RFC 8259 section 8.3).
    package var name: Identifier
    /// The member's value.
    package var value: JSONValue

    /// Creates a member.
    package init(_ name: Identifier, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Reads a JSON text.
  package init(_ text: String, limits: JSONLimits) throws(JSONError) {
    // Some editors write a byte-order mark, which is ignored.
    let bytes = text.unicodeScalars.first == "\u{FEFF}" ? text.utf8.dropFirst(3) : text.utf8[...]
    try self.init(bytes: Array(bytes), limits: limits)
  }

  /// Reads a JSON text from its bytes.
  package init(bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
    var reader = JSONReader(bytes, limits: limits)
    self = try reader.value()
    try reader.end()
  }
}

extension JSONReader {
  fileprivate mutating func value() throws(JSONError) -> JSONValue {
    switch try self.peek() {
    case UInt8(ascii: "{"):
      try self.beginObject()
      var members: [JSONValue.Member] = []
      while let name = try self.nextName() {
        members.append(JSONValue.Member(Identifier(name.text), try self.value()))
      }
      return .object(members)
    case UInt8(ascii: "["):
      try self.beginArray()
      var elements: [JSONValue] = []
      while try self.nextElement() { elements.append(try self.value()) }
      return .array(elements)
    case UInt8(ascii: "\""):
      return .string(Identifier(try self.string()))
    case let first:
      let start = self.index
      try self.skip()
      switch first {
      case UInt8(ascii: "t"): return .bool(true)
      case UInt8(ascii: "f"): return .bool(false)
      case UInt8(ascii: "n"): return .null
      default: return .number(String(decoding: self.bytes[start ..< self.index], as: UTF8.self))
      }
    }
  }
}
