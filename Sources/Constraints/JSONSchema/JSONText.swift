internal import Identifiers

/// How values are written in JSON (RFC 8259).
enum JSONText {
  /// Characters that need no escape in a string.
  static let plain = ScalarSet([0x20 ... 0x21, 0x23 ... 0x5B, 0x5D ... 0xD7FF, 0xE000 ... 0x10FFFF])

  private static let short: [UInt8: String] = [
    0x22: #"\""#, 0x5C: #"\\"#, 0x08: #"\b"#, 0x0C: #"\f"#, 0x0A: #"\n"#, 0x0D: #"\r"#,
    0x09: #"\t"#,
  ]

  /// The escapes of the ASCII characters that need one.
  static let escapes: [(scalar: UInt32, text: [UInt8])] = {
    (Array(0 ..< 0x20) + [0x22, 0x5C]).map { code in
      (UInt32(code), Array(Self.escape(code).utf8))
    }
  }()

  private static func escape(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return Self.short[byte] ?? "\\u00" + (byte < 0x10 ? "0" : "") + digits
  }

  /// A string in its quotation marks.
  static func string(_ text: Identifier) -> [UInt8] {
    var bytes: [UInt8] = [0x22]
    for byte in text.utf8 {
      if byte < 0x20 || byte == 0x22 || byte == 0x5C {
        bytes += Array(self.escape(byte).utf8)
      } else {
        bytes.append(byte)
      }
    }
    bytes.append(0x22)
    return bytes
  }
}

/// Parts of JSON as rules.
extension RuleBuilder {
  /// One character of a set, as written in a JSON string.
  mutating func jsonCharacter(_ set: ScalarSet) throws(GrammarError) -> Element {
    if let known = self.jsonCharacters[set] { return known }
    let element = try self.newJSONCharacter(set)
    self.jsonCharacters[set] = element
    return element
  }

  private mutating func newJSONCharacter(_ set: ScalarSet) throws(GrammarError) -> Element {
    let plain = set.intersection(JSONText.plain)
    let escapes = JSONText.escapes.filter { set.overlaps($0.scalar ... $0.scalar) }.map(\.text)
    if escapes.isEmpty { return plain.isEmpty ? try self.nothing() : try self.scalar(plain) }
    let escaped = try self.texts(escapes)
    if plain.isEmpty { return escaped.count == 1 ? escaped[0] : .rule(try self.newRule([escaped])) }
    return .rule(try self.newRule([[try self.scalar(plain)], escaped]))
  }
}
