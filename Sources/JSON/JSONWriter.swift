/// Writes one JSON object without white space, with its members in the order of the calls.
package struct JSONWriter {
  package var bytes: [UInt8] = []

  /// - Parameter capacity: up to this size there is one copy of what is written.
  package init(capacity: Int = 256) {
    self.bytes.reserveCapacity(capacity)
    self.bytes.append(UInt8(ascii: "{"))
  }

  package mutating func member(_ name: String, _ value: String) {
    self.begin(name)
    self.string(value)
  }

  package mutating func member(_ name: String, _ value: some FixedWidthInteger) {
    self.begin(name)
    self.bytes.append(contentsOf: "\(value)".utf8)
  }

  package mutating func member(_ name: String, _ values: [String]) {
    self.begin(name)
    self.bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
      self.string(value)
    }
    self.bytes.append(UInt8(ascii: "]"))
  }

  /// Writes an object whose values are strings. It is for the caller that no name is there twice.
  package mutating func member(
    _ name: String,
    _ texts: some Sequence<(key: String, value: String)>
  ) {
    self.begin(name)
    var object = JSONWriter()
    for (key, value) in texts { object.member(key, value) }
    object.end()
    self.bytes.append(contentsOf: object.bytes)
  }

  package mutating func end() {
    self.bytes.append(UInt8(ascii: "}"))
  }

  /// Writes up to the value of a member, which its caller appends.
  package mutating func begin(_ name: String) {
    if self.bytes.count > 1 { self.bytes.append(UInt8(ascii: ",")) }
    self.string(name)
    self.bytes.append(UInt8(ascii: ":"))
  }

  private mutating func string(_ string: String) {
    self.bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        self.bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
      case 0 ..< 0x20:
        let digits = String(byte, radix: 16)
        self.bytes.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8)
        self.bytes.append(contentsOf: digits.utf8)
      default: self.bytes.append(byte)
      }
    }
    self.bytes.append(UInt8(ascii: "\""))
  }
}
