import Constraints
import Testing

/// What was reported to others as crashes, hangs and refusals: of llama.cpp, llamafile, XGrammar,
/// lattice and colibri.
@Suite struct ReportsTests {
  static let reported: [(report: String, schema: String, valid: String, invalid: String)] = [
    (
      "llama.cpp 25746",
      #"{"properties":{"o":{"properties":{"s":{"type":"string","maxLength":2000},"k":{"pattern":"\\S"}}}}}"#,
      #"{"o":{"s":"x","k":" y"}}"#,
      #"{"o":{"k":" "}}"#
    ),
    ("llama.cpp 25923", #"{"type":"object","properties":{}}"#, "{}", "[]"),
    ("llama.cpp 25923", #"{"type":"string","maxLength":524288}"#, #""x""#, "1"),
    (
      "llama.cpp 6555",
      #"{"items":{"type":"number"},"minItems":2,"maxItems":1000}"#,
      "[1234, 5678, 1010]",
      "[1]"
    ),
    (
      "XGrammar 863",
      #"{"type":"string","pattern":"^[^\\n\\r]{1,129}$"}"#,
      #""a b""#,
      #""a\nb""#
    ),
    (
      "lattice 343",
      #"{"type":"array","items":{"type":"null"},"maxItems":18446744073709551615}"#,
      "[null,null]",
      "[1]"
    ),
    (
      "colibri 1596",
      String(repeating: #"{"type":"array","items":"#, count: 32) + #"{"type":"string"}"#
        + String(repeating: "}", count: 32),
      "[[[]]]",
      "[[1]]"
    ),
  ]

  @Test(arguments: reported)
  func `schemas`(report: String, schema: String, valid: String, invalid: String) throws {
    let grammar = try Grammar(jsonSchema: schema)
    #expect(try matches(valid, grammar))
    #expect(try !matches(invalid, grammar))
  }

  @Test func `a count that nothing reaches is no reason to stop`() throws {
    let grammar = try Grammar(jsonSchema: #"{"type":"array","minItems":18446744073709551615}"#)
    #expect(try !matches("[1,2,3]", grammar))
  }

  @Test(arguments: [
    (
      ##"{"$ref":"#/$defs/Node","$defs":{"Node":{"$ref":"#/$defs/Node"}}}"##,
      "refers to itself without end"
    ),
    (
      #"{"pattern":"\#(String(repeating: "(", count: 50_000))"}"#,
      "has brackets that are nested more than 100 deep"
    ),
  ])
  func `schemas without end, and too deep ones`(schema: String, reason: String) {
    let error = #expect(throws: SchemaError.self) { try Grammar(jsonSchema: schema) }
    #expect(error?.message.hasSuffix(reason) == true, "\(error?.message ?? "")")
  }

  /// llama.cpp 13762: repetitions of what may be nothing.
  @Test func `white space in white space`() throws {
    let gbnf = """
      root      ::= ws module ws
      module    ::= line sp "MODULE" sp name sp line ws dline
      line      ::= "-"{4,}
      dline     ::= "="{4,}
      name      ::= [0-9a-zA-Z_]*[a-zA-Z][0-9a-zA-Z_]*
      ws      ::= (sp | nl)*
      sp      ::= [ \\t]*
      nl      ::= "\\r"? "\\n"
      """
    #expect(try matches("---- MODULE Test ----\n====\n", gbnf: gbnf))
    #expect(try !matches("--- MODULE Test ----\n====\n", gbnf: gbnf))
  }

  /// llamafile 860, llama.cpp 6492, lattice 343.
  @Test(arguments: [
    (
      "root ::= " + String(repeating: "(", count: 30_000) + "a", "brackets are nested more than 100"
    ),
    ("root ::= root \"a\" | \"b\"", "can begin with itself"),
    ("root ::= root", "it allows no text"),
    ("root ::= a | \"x\"\na ::= b\nb ::= a", ""),
  ])
  func `grammars that are too deep, and those that go in circles`(gbnf: String, reason: String) {
    do {
      #expect(try matches("x", gbnf: gbnf) == reason.isEmpty)
    } catch {
      #expect("\(error)".contains(reason) && !reason.isEmpty, "\(error)")
    }
  }
}
