internal import NIOCore

/// JSON that is written where it is sent from: streams have a piece of it for each token.
extension ByteBuffer {
  /// Appends a string.
  mutating func writeJSON(_ text: String) {
    self.writeInteger(UInt8(ascii: "\""))
    self.writeJSON(contentsOf: text)
    self.writeInteger(UInt8(ascii: "\""))
  }

  /// Appends a string without its quotation marks.
  mutating func writeJSON(contentsOf text: String) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      for (index, byte) in bytes.enumerated() {
        guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
          continue
        }
        self.writeBytes(
          UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[start ..< index]))
        )
        self.writeEscaped(byte)
        start = index + 1
      }
      self.writeBytes(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[start...])))
    }
  }

  /// Appends a whole number.
  mutating func writeJSON(_ number: some FixedWidthInteger) {
    self.writeString("\(number)")
  }

  /// Appends the logarithm of a probability.
  ///
  /// JSON has no infinity; OpenAI's API writes -9999 for what is impossible.
  mutating func writeJSON(logprob: Float) {
    self.writeString(logprob.isFinite ? "\(logprob)" : "-9999.0")
  }

  /// Appends the values of an array, which `write` writes.
  mutating func writeJSON<Element>(
    elements: some Sequence<Element>,
    _ write: (Element, inout ByteBuffer) -> Void
  ) {
    var isFirst = true
    for element in elements {
      if !isFirst { self.writeInteger(UInt8(ascii: ",")) }
      isFirst = false
      write(element, &self)
    }
  }

  private mutating func writeEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\n"): self.writeStaticString(#"\n"#)
    case UInt8(ascii: "\t"): self.writeStaticString(#"\t"#)
    case UInt8(ascii: "\r"): self.writeStaticString(#"\r"#)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      self.writeInteger(UInt8(ascii: "\\"))
      self.writeInteger(byte)
    default:
      self.writeStaticString(#"\u00"#)
      self.writeString(byte < 0x10 ? "0" : "1")
      self.writeString(String(byte & 0xF, radix: 16))
    }
  }
}
