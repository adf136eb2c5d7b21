internal import JSON

/// Writes the values in the JSON of access tokens and keys.
extension JSONWriter {
  /// Whole seconds are written without a fraction, which not every reader accepts.
  mutating func member(_ name: String, _ date: NumericDate) {
    self.begin(name)
    let seconds = date.secondsSinceEpoch
    let text = Int64(exactly: seconds).map(String.init) ?? String(seconds)
    self.bytes.append(contentsOf: text.utf8)
  }

  mutating func member(_ name: String, base64URL value: Span<UInt8>) {
    self.begin(name)
    self.bytes.append(UInt8(ascii: "\""))
    Base64URL.encode(value, to: &self.bytes)
    self.bytes.append(UInt8(ascii: "\""))
  }
}
