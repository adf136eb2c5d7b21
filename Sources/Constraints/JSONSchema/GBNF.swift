internal import JSON

/// Pieces of grammar text.
enum GBNF {
  /// A text as it is.
  static func literal(_ text: String) -> String {
    "\"" + text.unicodeScalars.map { self.escape($0) }.joined() + "\""
  }

  /// One character out of a set that is not empty.
  static func characterClass(_ set: ScalarSet) -> String {
    let ranges = set.ranges.map { range in
      let bounds = [range.lowerBound, range.upperBound].compactMap { Unicode.Scalar($0) }
      return Set(bounds).count == 1
        ? self.escape(bounds[0]) : bounds.map { self.escape($0) }.joined(separator: "-")
    }
    return "[" + ranges.joined() + "]"
  }

  static func choice(_ alternatives: [String]) -> String {
    alternatives.count == 1 ? alternatives[0] : "(" + alternatives.joined(separator: " | ") + ")"
  }

  /// - Parameter maximum: nil is without end.
  static func repetition(_ item: String, _ minimum: Int, _ maximum: Int?) -> String {
    switch (minimum, maximum) {
    case (0, nil): "\(item)*"
    case (1, nil): "\(item)+"
    case (0, 1): "\(item)?"
    case (1, 1): item
    case (let minimum, nil): "\(item){\(minimum),}"
    case (let minimum, let maximum?) where minimum == maximum: "\(item){\(minimum)}"
    case (let minimum, let maximum?): "\(item){\(minimum),\(maximum)}"
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"", "\\", "[", "]", "-", "^": return "\\\(scalar)"
    case " " ... "~": return String(Character(scalar))
    default:
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }
  }
}

/// Characters in the strings of JSON (RFC 8259 section 7).
extension GBNF {
  /// Characters that stand for themselves.
  static let plain = ScalarSet([0x20 ... 0x10FFFF]).intersection(.all)
    .subtracting(ScalarSet("\"").union(ScalarSet("\\")))

  private static let short: [(Unicode.Scalar, String)] = [
    ("\"", #"\""#), ("\\", #"\\"#), ("\u{8}", #"\b"#), ("\u{C}", #"\f"#), ("\n", #"\n"#),
    ("\r", #"\r"#), ("\t", #"\t"#),
  ]

  /// One character out of a set, as it is written in a JSON string; "[]", which nothing is, for
  /// an empty set.
  static func jsonCharacter(_ set: ScalarSet) -> String {
    var alternatives: [String] = []
    let plain = set.intersection(self.plain)
    if !plain.isEmpty { alternatives.append(self.characterClass(plain)) }
    for (scalar, escape) in self.short where set.contains(scalar) {
      alternatives.append(self.literal(escape))
    }
    for code in 0 ..< 0x20 as Range<UInt32> {
      guard
        let scalar = Unicode.Scalar(code), set.contains(scalar),
        !self.short.contains(where: { $0.0 == scalar })
      else { continue }
      alternatives.append(self.literal(self.longEscape(code)))
    }
    return alternatives.isEmpty ? "[]" : self.choice(alternatives)
  }

  /// A JSON value as it is written without white space.
  static func json(_ value: JSONValue) -> String {
    switch value {
    case .null: return "null"
    case .bool(let bool): return "\(bool)"
    case .number(let text): return text
    case .string(let string):
      return "\"" + string.unicodeScalars.map { self.jsonScalar($0) }.joined() + "\""
    case .array(let elements):
      return "[" + elements.map { self.json($0) }.joined(separator: ",") + "]"
    case .object(let members):
      let pairs = members.map { self.json(.string($0.name)) + ":" + self.json($0.value) }
      return "{" + pairs.joined(separator: ",") + "}"
    }
  }

  private static func jsonScalar(_ scalar: Unicode.Scalar) -> String {
    if let escape = self.short.first(where: { $0.0 == scalar })?.1 { return escape }
    return scalar.value < 0x20 ? self.longEscape(scalar.value) : String(Character(scalar))
  }

  private static func longEscape(_ code: UInt32) -> String {
    let digits = String(code, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
