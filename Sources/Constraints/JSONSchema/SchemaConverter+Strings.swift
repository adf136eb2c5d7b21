internal import JSON

/// Strings.
extension SchemaConverter {
  mutating func string(_ schema: Schema) throws(SchemaError) -> String {
    let content = ["pattern", "format"].filter { schema.has($0) }
    let lengths = ["minLength", "maxLength"].filter { schema.has($0) }
    if let first = content.first, let second = (content + lengths).dropFirst().first {
      throw SchemaError(
        "the keyword \"\(second)\"",
        at: schema.path,
        "is not supported beside \"\(first)\""
      )
    }
    if let pattern = try schema.string("pattern") {
      let expression = try PatternConverter.expression(
        for: pattern,
        at: schema.path,
        character: self.character
      )
      return "( \"\\\"\" \(expression) \"\\\"\" )"
    }
    if let format = try schema.string("format") {
      guard let expression = Self.formats[format] else {
        let known = Self.formats.keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
        throw SchemaError(
          "the format \"\(format)\"",
          at: schema.path,
          "is not supported; supported: \(known)"
        )
      }
      return "( \"\\\"\" \(expression) \"\\\"\" )"
    }
    if lengths.isEmpty { return self.anyString }
    let (minimum, maximum) = try schema.counts("minLength", "maxLength")
    if maximum == 0 { return "\"\\\"\\\"\"" }
    return "( \"\\\"\" \(GBNF.repetition(self.character, minimum, maximum)) \"\\\"\" )"
  }

  /// Of each format (JSON Schema Validation section 7.3) what is valid without looking further:
  /// no 29th of February, no leap second, no host that is not a name.
  private static let formats: [String: String] = {
    let day = """
      ( ( "0" [13578] | "10" | "12" ) "-" ( "0" [1-9] | [12] [0-9] | "3" [01] ) | \
      ( "0" [469] | "11" ) "-" ( "0" [1-9] | [12] [0-9] | "30" ) | \
      "02-" ( "0" [1-9] | "1" [0-9] | "2" [0-8] ) )
      """
    let minutes = "( [01] [0-9] | \"2\" [0-3] ) \":\" [0-5] [0-9]"
    let date = "( [1-9] [0-9]{3} \"-\" \(day) )"
    let time = """
      ( \(minutes) ":" [0-5] [0-9] ( "." [0-9]{1,6} )? ( "Z" | [+\\-] \(minutes) ) )
      """
    let byte = "( [1-9]? [0-9] | \"1\" [0-9]{2} | \"2\" ( [0-4] [0-9] | \"5\" [0-5] ) )"
    let label = "( [a-z0-9] ( [a-z0-9\\-]{0,30} [a-z0-9] )? )"
    let host = "( \(label) ( \".\" \(label) ){0,5} \".\" [a-z]{2,10} )"
    return [
      "date": date,
      "time": time,
      "date-time": "( \(date) \"T\" \(time) )",
      "uuid": "( [0-9a-f]{8} ( \"-\" [0-9a-f]{4} ){3} \"-\" [0-9a-f]{12} )",
      "ipv4": "( \(byte) ( \".\" \(byte) ){3} )",
      "email": "( [a-z0-9_]{1,20} ( [.+\\-] [a-z0-9_]{1,20} ){0,3} \"@\" \(host) )",
      "uri": "( \"http\" \"s\"? \"://\" \(host) ( \"/\" [A-Za-z0-9._~\\-]{0,40} ){0,10} )",
    ]
  }()
}
