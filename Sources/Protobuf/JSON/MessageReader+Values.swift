internal import Identifiers
internal import JSON

/// Single values.
extension MessageReader {
  mutating func bool() throws(MessageError) -> Bool {
    try self.expect(.bool, "true or false")
    return try self.source().first == UInt8(ascii: "t")
  }

  mutating func string() throws(MessageError) -> String {
    try self.expect(.string, "a string")
    return try self.scan { json throws(JSONError) in try json.string() }
  }

  /// - Parameter expected: what the string must be, for error messages.
  mutating func string(
    expected: @autoclosure () -> String,
    _ isExpected: (String) -> Bool
  ) throws(MessageError) -> String {
    try self.expect(.string, expected())
    let source = try self.source()
    let text = try Self.string(source)
    guard isExpected(text) else { throw self.wrong(source, expected()) }
    return text
  }

  mutating func base64() throws(MessageError) -> [UInt8] {
    let expected = "a string of base64"
    try self.expect(.string, expected)
    let source = try self.source()
    guard let bytes = Base64.decode(try Self.string(source)) else {
      throw self.wrong(source, expected)
    }
    return bytes
  }

  /// Reads an integer, which may be a string, and may have an exponent and a fraction of zeros.
  mutating func integer<Integer: FixedWidthInteger>() throws(MessageError) -> Integer {
    try self.number("an integer from \(Integer.min) to \(Integer.max)") {
      source,
      isInString throws(MessageError) in
      let contents = isInString ? source.dropFirst().dropLast() : source
      if let integer = Integer(plainDigits: contents) { return integer }
      return try Self.numberText(source, isInString).flatMap { Integer(jsonNumber: $0) }
    }
  }

  /// Reads a number, which may be a string; NaN and infinities are always strings.
  mutating func float<Number>() throws(MessageError) -> Number
  where Number: BinaryFloatingPoint & LosslessStringConvertible {
    let largest = Number.greatestFiniteMagnitude
    return try self.number(
      "a number from -\(largest) to \(largest), \"NaN\", \"Infinity\" or \"-Infinity\""
    ) { source, isInString throws(MessageError) in
      if isInString, let number: Number = Self.withoutDigits(try Self.string(source)) {
        return number
      }
      guard let text = try Self.numberText(source, isInString), let number = Number(text),
        number.isFinite
      else { return nil }
      return number
    }
  }
}

/// Numbers.
extension MessageReader {
  /// - Parameter make: gets the value as it is in the source, with its quotation marks if it is a
  ///   string.
  private mutating func number<Number>(
    _ expected: @autoclosure () -> String,
    _ make: (_ source: ArraySlice<UInt8>, _ isInString: Bool) throws(MessageError) -> Number?
  ) throws(MessageError) -> Number {
    let type = try self.type()
    guard type == .number || type == .string else { throw try self.mismatch(expected()) }
    let source = try self.source()
    guard let number = try make(source, type == .string) else {
      throw self.wrong(source, expected())
    }
    return number
  }

  /// The text of a number; nil for a string that is none.
  private static func numberText(
    _ source: ArraySlice<UInt8>,
    _ isInString: Bool
  ) throws(MessageError) -> String? {
    guard isInString else { return String(decoding: source, as: UTF8.self) }
    let text = try self.string(source)
    return self.isNumber(text) ? text : nil
  }

  private static func withoutDigits<Number: BinaryFloatingPoint>(_ text: String) -> Number? {
    switch Identifier(text) {
    case "NaN": .nan
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    default: nil
    }
  }

  /// Whether the text is a JSON number (RFC 8259 section 6), and nothing else.
  private static func isNumber(_ text: String) -> Bool {
    // White space is not part of a number.
    guard let first = text.utf8.first, let last = text.utf8.last, first > 0x20, last > 0x20 else {
      return false
    }
    var json = JSONReader(Array(text.utf8))
    do throws(JSONError) {
      _ = try json.number()
      try json.end()
      return true
    } catch {
      return false
    }
  }
}
