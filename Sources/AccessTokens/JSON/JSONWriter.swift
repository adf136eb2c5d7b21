/// Writes one JSON object without white space, with its members in the order of the calls.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []

  /// - Parameter capacity: up to this size there is one copy of what is written.
  init(capacity: Int = 256) {
    self.bytes.reserveCapacity(capacity)
    self.bytes.append(UInt8(ascii: "{"))
  }

  mutating func member(_ name: String, _ value: String) {
    self.begin(name)
    self.string(value)
  }

  /// Whole seconds are written without a fraction, which not everyone reads.
  mutating func member(_ name: String, _ date: NumericDate) {
    self.begin(name)
    let seconds = date.secondsSinceEpoch
    let text = Int64(exactly: seconds).map(String.init) ?? String(seconds)
    self.bytes.append(contentsOf: text.utf8)
  }

  mutating func member(_ name: String, _ values: [String]) {
    self.begin(name)
    self.bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
      self.string(value)
    }
    self.bytes.append(UInt8(ascii: "]"))
  }

  mutating func member(_ name: String, base64URL value: Span<UInt8>) {
    self.begin(name)
    self.bytes.append(UInt8(ascii: "\""))
    Base64URL.encode(value, to: &self.bytes)
    self.bytes.append(UInt8(ascii: "\""))
  }

  mutating func end() {
    self.bytes.append(UInt8(ascii: "}"))
  }

  private mutating func begin(_ name: String) {
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
