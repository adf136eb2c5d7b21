/// Strings (RFC 8259 section 7), which are Unicode or refused.
extension JSONReader {
  /// Reads a string.
  package mutating func string() throws(JSONError) -> String {
    try self.string { String(decoding: $0, as: UTF8.self) }
  }

  /// Reads a string, and converts its UTF-8.
  package mutating func string<Result>(
    _ make: (UnsafeBufferPointer<UInt8>) -> Result
  ) throws(JSONError) -> Result {
    let (contents, isPlain) = try self.scanString()
    guard isPlain else { return try self.text(of: contents).withUnsafeBufferPointer(make) }
    return self.bytes.withUnsafeBufferPointer {
      make(UnsafeBufferPointer(rebasing: $0[contents]))
    }
  }

  /// Where the bytes of a plain string are, for text that must not be copied.
  package mutating func plainString() throws(JSONError) -> Range<Int> {
    let (contents, isPlain) = try self.scanString()
    guard isPlain else { throw .invalidText(at: contents.lowerBound - 1) }
    return contents
  }

  /// - Returns: the contents, and whether they are plain: ASCII without escapes.
  private mutating func scanString() throws(JSONError) -> (contents: Range<Int>, isPlain: Bool) {
    let first = try self.peek()
    guard first == UInt8(ascii: "\"") else { throw self.wrongType(startingWith: first) }
    let start = self.index + 1
    var index = start
    var isPlain = true
    while index < self.bytes.count {
      switch self.bytes[index] {
      case UInt8(ascii: "\""):
        self.index = index + 1
        return (start ..< index, isPlain)
      case UInt8(ascii: "\\"):
        isPlain = false
        index += 2
      case 0 ..< 0x20: throw .unexpectedByte(at: index)
      case 0x80...:
        isPlain = false
        index += 1
      default: index += 1
      }
    }
    throw .unexpectedEnd
  }

  /// The UTF-8 of a string.
  private func text(of contents: Range<Int>) throws(JSONError) -> [UInt8] {
    let text = try self.unescape(contents)
    if String(validating: text, as: UTF8.self) != nil { return text }
    guard self.limits.takesMistakes else { throw .invalidText(at: contents.lowerBound - 1) }
    return Array(String(decoding: text, as: UTF8.self).utf8)
  }

  private func unescape(_ contents: Range<Int>) throws(JSONError) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(contents.count)
    var index = contents.lowerBound
    while index < contents.upperBound {
      let byte = self.bytes[index]
      index += 1
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      // A string does not end with an escape, so there is a byte.
      let escape = self.bytes[index]
      index += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"):
        text.append(contentsOf: try self.scalar(at: &index, before: contents.upperBound).utf8)
      default: throw .unexpectedByte(at: index - 1)
      }
    }
    return text
  }

  /// The character of the escape at `index`, together with the next escape for a surrogate pair.
  private func scalar(
    at index: inout Int,
    before end: Int
  ) throws(JSONError) -> Unicode.Scalar {
    let offset = index
    var code = try self.fourDigits(at: &index, before: end)
    if 0xD800 ... 0xDBFF ~= code, index + 1 < end, self.bytes[index] == UInt8(ascii: "\\"),
      self.bytes[index + 1] == UInt8(ascii: "u")
    {
      var next = index + 2
      let low = try self.fourDigits(at: &next, before: end)
      if 0xDC00 ... 0xDFFF ~= low {
        index = next
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
    }
    if let scalar = Unicode.Scalar(code) { return scalar }
    guard self.limits.takesMistakes else { throw .invalidText(at: offset) }
    return "\u{FFFD}"
  }

  private func fourDigits(at index: inout Int, before end: Int) throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0 ..< 4 {
      guard index < end, let digit = self.bytes[index].hexadecimalValue else {
        throw .unexpectedByte(at: index)
      }
      code = code << 4 | digit
      index += 1
    }
    return code
  }
}

extension UInt8 {
  fileprivate var hexadecimalValue: UInt32? {
    switch self {
    case UInt8(ascii: "0") ... UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
    case UInt8(ascii: "a") ... UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A") ... UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
