extension CostlyCalls {
  /// Schemas that are hard to compile, or to follow. Each comes in texts that differ, so that the
  /// server has not compiled it already.
  static let schemas = CostlyCalls(
    name: "schemas",
    calls: Self.variants(10) { mark in
      [
        #"{"title":"\#(mark)","items":"# + #"{"items":"# * 60 + "{}" + "}" * 61,
        #"{"title":"\#(mark)","properties":{""# + "a" * 30_000
          + #"":{}},"additionalProperties":true}"#,
        #"{"title":"\#(mark)","enum":["#
          + (0 ..< 8_000).map { "\"value \($0)\"" }.joined(separator: ",") + "]}",
        #"{"title":"\#(mark)","pattern":"^([a-z]{1,20}[0-9]{1,20}){1,200}$"}"#,
        #"{"title":"\#(mark)","allOf":[{"pattern":"[a-m]{40}"},{"pattern":"(x|yz)*"}]}"#,
      ]
    }
  )

  static let grammars = CostlyCalls(
    name: "grammars",
    calls: Self.variants(11) { mark in
      [
        "# \(mark)\n" + #"root ::= (("a" | "b" | [a-z])* ("c" | [^x])*)* "z""#,
        "# \(mark)\nroot ::= " + #"("a"? "# * 90 + #""b""# + ")" * 90,
        "# \(mark)\nroot ::= [^"
          + (0x4E00 ..< 0x9000).map { "\\u" + String($0, radix: 16) }.joined() + "]*",
        "# \(mark)\nroot ::= more\nmore ::= " + #""a"? "# * 10_000,
        "# \(mark)\nroot ::= "
          + (0 ..< 10_000).map { "\"word \($0)\" root?" }.joined(separator: " | "),
      ]
    }
  )

  /// More than the server keeps.
  private static let variantCount = 20

  /// - Parameter field: the number of the field that the texts are for.
  private static func variants(_ field: UInt64, _ texts: (Int) -> [String]) -> [Call] {
    (0 ..< self.variantCount).flatMap { mark in texts(mark).map { .generate([(field, $0)]) } }
  }
}
