extension FixedWidthInteger {
  /// Converts an integer as almost all are written: without exponent and fraction, and with at most
  /// 18 digits, which 64 bits have room for. A request may have millions.
  ///
  /// - Returns: nil for other text, which may be an integer, too.
  init?(plainDigits text: ArraySlice<UInt8>) {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = isNegative ? text.dropFirst() : text
    guard 1 ... 18 ~= digits.count, digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      return nil
    }
    var magnitude: Int64 = 0
    for digit in digits {
      guard UInt8(ascii: "0") ... UInt8(ascii: "9") ~= digit else { return nil }
      magnitude = magnitude * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    self.init(exactly: isNegative ? -magnitude : magnitude)
  }

  /// Converts a JSON number that is an integer, such as "1e2" or "1.50e1".
  ///
  /// - Parameter text: a number (RFC 8259 section 6).
  /// - Returns: nil when it is not an integer, or out of this type's range.
  init?(jsonNumber text: String) {
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    let parts = text.utf8.dropFirst(isNegative ? 1 : 0)
      .split { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
    let mantissa = parts[0].split(separator: UInt8(ascii: "."))
    let fraction = mantissa.count > 1 ? Array(mantissa[1]) : []
    var digits = Array(mantissa[0]) + fraction
    let exponent = parts.count > 1 ? Int(String(Substring(parts[1]))) : 0
    guard let exponent, exponent.magnitude < 1 << 32 else { return nil }

    // Trailing zeros after the decimal point do not count.
    let scale = exponent - fraction.count
    if scale < 0 {
      let isWhole = digits.suffix(-scale).allSatisfy { $0 == UInt8(ascii: "0") }
      guard isWhole else { return nil }
      digits.removeLast(Swift.min(-scale, digits.count))
    }
    let significant = digits.drop { $0 == UInt8(ascii: "0") }
    guard !significant.isEmpty else {
      self = 0
      return
    }
    // No 64-bit integer has more digits.
    let count = significant.count + Swift.max(scale, 0)
    guard count <= 20 else { return nil }
    let zeros = repeatElement(UInt8(ascii: "0"), count: Swift.max(scale, 0))
    guard let magnitude = Int128(String(decoding: significant + zeros, as: UTF8.self)) else {
      return nil
    }
    self.init(exactly: isNegative ? -magnitude : magnitude)
  }
}
