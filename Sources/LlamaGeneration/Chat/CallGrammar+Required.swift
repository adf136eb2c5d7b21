extension CallGrammar {
  /// A grammar of llama.cpp's for required calls, without the text that it allows before them: a model
  /// that would rather talk might never come to its call.
  ///
  /// That text is a reference in the rule "root" to a rule that is named for what the text may not
  /// have, such as `until-62?`. What the model may think first has one, too, in parentheses.
  static func withoutText(_ gbnf: String) -> String {
    gbnf.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.utf8.starts(with: "root ::= ".utf8)
        ? self.withoutReferences(Array(line.utf8)) : String(line)
    }
    .joined(separator: "\n")
  }

  private static func withoutReferences(_ rule: [UInt8]) -> String {
    let name = Array("until-".utf8)
    var kept: [UInt8] = []
    var depth = 0
    var isQuoted = false
    var index = 0
    while index < rule.count {
      let byte = rule[index]
      if isQuoted {
        if byte == UInt8(ascii: "\\"), index + 1 < rule.count {
          kept.append(byte)
          index += 1
        } else if byte == UInt8(ascii: "\"") {
          isQuoted = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isQuoted = true
      } else if byte == UInt8(ascii: "(") {
        depth += 1
      } else if byte == UInt8(ascii: ")") {
        depth -= 1
      } else if depth == 0, kept.last == UInt8(ascii: " "), rule[index...].starts(with: name) {
        index = rule[index...].firstIndex(of: UInt8(ascii: " ")) ?? rule.count
        continue
      }
      kept.append(rule[index])
      index += 1
    }
    return String(decoding: kept, as: UTF8.self)
  }
}
