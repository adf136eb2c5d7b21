/// Escapes what a terminal would obey or misplace: control characters except line feeds and tabs,
/// controls of text direction, line separators, and bytes that are not UTF-8. A character that is
/// split between two chunks is handled with the second.
struct ControlEscaping {
  /// How a character is escaped.
  enum Form {
    /// Such as "\u{1B}".
    case text
    /// Such as "\u001b", so that JSON keeps its value.
    case json
  }

  /// The beginning of a character that is not complete yet.
  private var pending: [UInt8] = []

  mutating func escape(_ bytes: some Sequence<UInt8>, _ form: Form = .text) -> [UInt8] {
    var input = self.pending + bytes
    let cut = Self.lengthOfCutCharacter(atEndOf: input)
    self.pending = Array(input.suffix(cut))
    input.removeLast(cut)
    return Self.escapeWhole(input, form)
  }

  /// Returns the escaped rest, when no more bytes come.
  mutating func finish() -> [UInt8] {
    defer { self.pending = [] }
    return Self.escapeWhole(self.pending, .text)
  }

  private static func escapeWhole(_ bytes: [UInt8], _ form: Form) -> [UInt8] {
    // The common case.
    if bytes.allSatisfy({ 0x20 ..< 0x7F ~= $0 || $0 == 0x0A || $0 == 0x09 }) { return bytes }
    var escaped: [UInt8] = []
    escaped.reserveCapacity(bytes.count)
    var parser = Unicode.UTF8.ForwardParser()
    var input = bytes.makeIterator()
    var start = 0
    while true {
      switch parser.parseScalar(from: &input) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        if scalar.actsOnTerminals {
          escaped += scalar.escaped(form).utf8
        } else {
          escaped += bytes[start ..< start + encoded.count]
        }
        start += encoded.count
      case .error(let length):
        for byte in bytes[start ..< start + length] { escaped += "\\x\(hex: byte)".utf8 }
        start += length
      case .emptyInput:
        return escaped
      }
    }
  }

  /// The length of an incomplete character at the end.
  private static func lengthOfCutCharacter(atEndOf bytes: [UInt8]) -> Int {
    for length in 1 ... 3 where length <= bytes.count {
      let byte = bytes[bytes.count - length]
      if byte & 0b1100_0000 == 0b1000_0000 { continue }
      let whole =
        switch byte {
        case 0xC2 ... 0xDF: 2
        case 0xE0 ... 0xEF: 3
        case 0xF0 ... 0xF4: 4
        default: 1
        }
      return length < whole ? length : 0
    }
    return 0
  }
}

extension Unicode.Scalar {
  /// Whether a terminal would do anything else than show it in its place.
  fileprivate var actsOnTerminals: Bool {
    switch self.value {
    case 0x09, 0x0A: false
    // C0, DEL and C1.
    case 0x00 ... 0x1F, 0x7F ... 0x9F: true
    // ARABIC LETTER MARK, LEFT-TO-RIGHT MARK, RIGHT-TO-LEFT MARK.
    case 0x061C, 0x200E, 0x200F: true
    // LINE SEPARATOR, PARAGRAPH SEPARATOR; embeddings, overrides and isolates (Unicode Standard
    // Annex #9).
    case 0x2028 ... 0x202E, 0x2066 ... 0x2069: true
    default: false
    }
  }

  fileprivate func escaped(_ form: ControlEscaping.Form) -> String {
    switch form {
    case .text:
      return self.escaped(asASCII: true)
    case .json:
      let digits = String(self.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}

extension String {
  /// The text as a terminal gets it, to measure it before it is written.
  var escapedForTerminal: String {
    var escaping = ControlEscaping()
    return String(decoding: escaping.escape(self.utf8), as: UTF8.self)
  }

  /// The text with all kinds of line breaks escaped, so that it cannot begin a new line.
  var onOneLine: String {
    let breaks = self.unicodeScalars.contains { $0.isLineBreak }
    guard breaks else { return self }
    var line = ""
    for scalar in self.unicodeScalars {
      if scalar.isLineBreak {
        line += scalar.escaped(asASCII: true)
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  /// The text as one name in a line: in quotes if it could be taken for several.
  var asName: String {
    let isPlain = self.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "\"" }
    guard !isPlain || self.isEmpty else { return self }
    let quoted = self.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(quoted.onOneLine)\""
  }
}

extension Unicode.Scalar {
  /// The mandatory breaks of Unicode Standard Annex #14.
  var isLineBreak: Bool {
    switch self.value {
    case 0x0A ... 0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}

extension DefaultStringInterpolation {
  fileprivate mutating func appendInterpolation(hex byte: UInt8) {
    let digits = String(byte, radix: 16)
    self.appendInterpolation(digits.count < 2 ? "0\(digits)" : digits)
  }
}
