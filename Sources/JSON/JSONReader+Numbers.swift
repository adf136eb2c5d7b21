/// Numbers (RFC 8259 section 6), which are finite or refused. Where mistakes are taken, infinity and what
/// is too large are the largest numbers.
extension JSONReader {
  /// Reads a number.
  package mutating func number() throws(JSONError) -> Double {
    let first = try self.peek()
    guard first == UInt8(ascii: "-") || first.isDigit || self.isInfinity(first) else {
      throw self.wrongType(startingWith: first)
    }
    return try self.scanNumber()
  }

  mutating func scanNumber() throws(JSONError) -> Double {
    let start = self.index
    if self.current == UInt8(ascii: "-") { self.index += 1 }
    if let current = self.current, self.isInfinity(current) {
      try self.expect("Infinity")
      let largest = Double.greatestFiniteMagnitude
      return self.bytes[start] == UInt8(ascii: "-") ? -largest : largest
    }
    var digits = Digits()
    let integer = try self.scanDigits(into: &digits)
    // Leading zeros are not allowed.
    if self.bytes[integer.lowerBound] == UInt8(ascii: "0"), integer.count > 1 {
      throw .unexpectedByte(at: integer.lowerBound + 1)
    }
    var fractionCount = 0
    if self.current == UInt8(ascii: ".") {
      self.index += 1
      fractionCount = try self.scanDigits(into: &digits).count
    }
    var hasExponent = false
    if self.current == UInt8(ascii: "e") || self.current == UInt8(ascii: "E") {
      hasExponent = true
      self.index += 1
      if self.current == UInt8(ascii: "+") || self.current == UInt8(ascii: "-") { self.index += 1 }
      _ = try self.scanDigits(into: &digits)
    }
    if !hasExponent, integer.lowerBound == start,
      let number = digits.number(fractionCount: fractionCount)
    {
      return number
    }
    let text = String(decoding: self.bytes[start ..< self.index], as: UTF8.self)
    guard let number = Double(text) else { throw .numberTooLarge(at: start) }
    if number.isFinite { return number }
    guard self.limits.takesMistakes else { throw .numberTooLarge(at: start) }
    return Double(sign: number.sign, exponent: 0, significand: .greatestFiniteMagnitude)
  }

  private mutating func scanDigits(into digits: inout Digits) throws(JSONError) -> Range<Int> {
    guard let first = self.current else { throw .unexpectedEnd }
    guard first.isDigit else { throw .unexpectedByte(at: self.index) }
    let start = self.index
    while let digit = self.current, digit.isDigit {
      digits.append(digit - UInt8(ascii: "0"))
      self.index += 1
    }
    return start ..< self.index
  }
}

/// The digits of a number as an integer, so that the times in access tokens are read without
/// converting text.
private struct Digits {
  private static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

  private var value: UInt64 = 0
  private var count = 0

  mutating func append(_ digit: UInt8) {
    self.value = self.value &* 10 &+ UInt64(digit)
    self.count += 1
  }

  /// The number whose last digits are a fraction. It is the closest `Double`, because both integers
  /// are exact in a `Double`; nil when they may not be.
  func number(fractionCount: Int) -> Double? {
    guard self.count < 19, self.value <= 1 << 53, fractionCount < Self.powersOfTen.count else {
      return nil
    }
    return Double(self.value) / Self.powersOfTen[fractionCount]
  }
}
