/// Writes one JSON object without white space, with its members in the order of the calls.
///
///     var writer = JSONWriter()
///     writer.member("id", "1")
///     writer.begin("sizes")
///     writer.beginArray()
///     for size in sizes {
///       writer.beginElement()
///       writer.literal("\(size)")
///     }
///     writer.endArray()
///     writer.end()
package struct JSONWriter {
  /// The text so far.
  package var bytes: [UInt8] = []
  private let escapes: Escapes

  /// How control characters are written.
  package enum Escapes: Sendable {
    /// All by their codes, such as "\u000a".
    case codes
    /// Those that have a short form by that, such as "\n".
    case short
  }

  /// - Parameter capacity: up to this size there is one copy of what is written.
  package init(capacity: Int = 256, escapes: Escapes = .codes) {
    self.escapes = escapes
    self.bytes.reserveCapacity(capacity)
    self.beginObject()
  }

  /// Writes a string.
  package mutating func member(_ name: String, _ value: String) {
    self.begin(name)
    self.string(value)
  }

  /// Writes a whole number.
  package mutating func member(_ name: String, _ value: some FixedWidthInteger) {
    self.begin(name)
    self.literal("\(value)")
  }

  /// Writes `true` or `false`.
  package mutating func member(_ name: String, _ value: Bool) {
    self.begin(name)
    self.literal("\(value)")
  }

  /// Writes an array of strings.
  package mutating func member(_ name: String, _ values: [String]) {
    self.begin(name)
    self.beginArray()
    for value in values {
      self.beginElement()
      self.string(value)
    }
    self.endArray()
  }

  /// Writes an object whose values are strings. The caller ensures that no name comes twice.
  package mutating func member(
    _ name: String,
    _ texts: some Sequence<(key: String, value: String)>
  ) {
    self.begin(name)
    self.beginObject()
    for (key, value) in texts { self.member(key, value) }
    self.end()
  }

  /// Ends the object that was begun last, at the end the one that this writes.
  package mutating func end() {
    self.bytes.append(UInt8(ascii: "}"))
  }

  /// Writes up to the value of a member, which its caller writes then.
  package mutating func begin(_ name: String) {
    // Before a name there is no other brace than the one that begins its object.
    if self.bytes.last != UInt8(ascii: "{") { self.bytes.append(UInt8(ascii: ",")) }
    self.string(name)
    self.bytes.append(UInt8(ascii: ":"))
  }
}

/// Values of members and elements.
extension JSONWriter {
  /// Begins an object in another value, which `end` ends.
  package mutating func beginObject() {
    self.bytes.append(UInt8(ascii: "{"))
  }

  package mutating func beginArray() {
    self.bytes.append(UInt8(ascii: "["))
  }

  /// Writes up to the next element, which its caller writes then.
  package mutating func beginElement() {
    // Before an element there is no other bracket than the one that begins its array.
    if self.bytes.last != UInt8(ascii: "[") { self.bytes.append(UInt8(ascii: ",")) }
  }

  package mutating func endArray() {
    self.bytes.append(UInt8(ascii: "]"))
  }

  /// Writes a number, `true`, `false` or `null`.
  package mutating func literal(_ text: String) {
    self.bytes.append(contentsOf: text.utf8)
  }

  package mutating func string(_ string: String) {
    self.bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        self.bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
      case 0 ..< 0x20: self.control(byte)
      default: self.bytes.append(byte)
      }
    }
    self.bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a string of base64.
  package mutating func base64(_ bytes: Span<UInt8>) {
    self.bytes.append(UInt8(ascii: "\""))
    Base64.encode(bytes, to: &self.bytes)
    self.bytes.append(UInt8(ascii: "\""))
  }

  private mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x08 where self.escapes == .short: self.literal("\\b")
    case 0x09 where self.escapes == .short: self.literal("\\t")
    case 0x0A where self.escapes == .short: self.literal("\\n")
    case 0x0C where self.escapes == .short: self.literal("\\f")
    case 0x0D where self.escapes == .short: self.literal("\\r")
    default:
      self.literal(byte < 0x10 ? "\\u000" : "\\u00")
      self.literal(String(byte, radix: 16))
    }
  }
}
