import Testing

@testable import Constraints

@Suite struct GrammarTests {
  static let languages: [(gbnf: String, matching: [String], others: [String])] = [
    (#"root ::= "yes" | "no""#, ["yes", "no"], ["", "y", "yesno", "maybe"]),
    (#"root ::= "a"*"#, ["", "a", "aaaa"], ["b", "ab"]),
    (#"root ::= "a"+"#, ["a", "aa"], [""]),
    (#"root ::= "ab"?"#, ["", "ab"], ["a", "abab"]),
    (#"root ::= "ab"{2}"#, ["abab"], ["ab", "ababab"]),
    (#"root ::= [0-9]{2,}"#, ["12", "123456"], ["1"]),
    (#"root ::= ("x" | "yz"){1,3}"#, ["x", "yz", "xyzx"], ["", "xxxx", "y"]),
    (#"root ::= "a"{0} "b""#, ["b"], ["ab"]),
    (#"root ::= [^a-c"]"#, ["d", "é", "日", "🎌", "\n"], ["a", "\"", "dd", ""]),
    (#"root ::= [à-ü]+"#, ["éé", "àü"], ["a", "ß€"]),
    (#"root ::= [\x41\u00e9\U0001F38C]+"#, ["Aé🎌"], ["B", "e"]),
    (#"root ::= [\]\-\\^a]+"#, ["]-\\^a"], ["b"]),
    (#"root ::= [a-]+"#, ["a-"], ["b"]),
    (#"root ::= . ."#, ["ab", "é🎌"], ["a", "abc"]),
    (#"root ::= "\n\t\r\"\\""#, ["\n\t\r\"\\"], ["n"]),
    ("root ::= # why\n  item\n  # a line\nitem ::= \"a\" |\n  \"b\"\n", ["a", "b"], ["c"]),
    ("root ::= (\n  \"a\"\n  | \"b\" )\r\n", ["a", "b"], ["ab"]),
    (#"root ::= "(" root ")" | "x""#, ["x", "((x))"], ["(x", "((x)"]),
    // Ambiguous, and with repetitions of nothing.
    (#"root ::= ("a"* "a"*)* "b"?"#, ["", "aaaa", "aab"], ["ba"]),
    ("root ::= s s\ns ::= \"\" | \"a\" s", ["", "aaa"], ["b"]),
    // A rule that nothing follows is left out.
    ("root ::= \"a\" | endless\nendless ::= \"b\" endless", ["a"], ["b"]),
  ]

  @Test(arguments: languages)
  func `a grammar allows its texts and no others`(
    gbnf: String,
    matching: [String],
    others: [String]
  ) throws {
    for text in matching { #expect(try matches(text, gbnf: gbnf), "\(text)") }
    for text in others { #expect(try !matches(text, gbnf: gbnf), "\(text)") }
  }

  static let refusals: [(String, String)] = [
    ("", "it has no rule \"root\", with which a text begins"),
    ("start ::= \"a\"", "it has no rule \"root\", with which a text begins"),
    ("root ::= item", "line 1, column 10: the rule \"item\" is used, but not defined"),
    ("root ::= \"a\"\nroot ::= \"b\"", "line 2, column 1: the rule \"root\" is defined twice"),
    ("root = \"a\"", "line 1, column 6: expected \"::=\" after a name"),
    ("root ::= \"a\" )", "line 1, column 14: expected the end of the line"),
    ("root ::= \"a", "line 1, column 10: the text is not closed"),
    ("root ::= [a-", "line 1, column 10: the class is not closed"),
    ("root ::=\n  (\"a\"", "line 2, column 3: the bracket is not closed"),
    ("root ::= (\"a\" ]", "line 1, column 15: expected \")\""),
    ("root ::= *", "line 1, column 10: there is nothing to repeat"),
    ("root ::= \"a\"{", "line 1, column 14: expected a number"),
    ("root ::= \"a\"{3,2}", "line 1, column 13: the maximum is less than the minimum"),
    ("root ::= \"a\"{1,2", "line 1, column 17: expected \"}\""),
    ("root ::= \"a\"{99999999999999999999}", "line 1, column 14: more than 1000000000 repetitions"),
    ("root ::= \"\\q\"", "line 1, column 11: \"\\q\" is not an escape of GBNF"),
    ("root ::= \"\\x4\"", "line 1, column 11: expected 2 hexadecimal digits"),
    ("root ::= \"\\uD800\"", "line 1, column 11: U+D800 is not a character"),
    ("root ::= [z-a]", "line 1, column 10: the range ends before it begins"),
    (
      "root ::= <think>",
      "line 1, column 10: tokens in angle brackets are not supported: write their text"
    ),
    ("::= \"a\"", "line 1, column 1: expected the name of a rule, of letters, digits and \"-\""),
    (
      "root ::= root \"a\"",
      "it allows no text: every text would have to continue for ever"
    ),
    ("root ::= []", "it allows no text: every text would have to continue for ever"),
    ("root ::= root \"a\" | \"a\"", "the rule \"root\" can begin with itself (left recursion)"),
    (
      "root ::= space item\nspace ::= \" \"*\nitem ::= space root \"x\" | \"y\"",
      "the rule \"item\" can begin with itself (left recursion)"
    ),
    (
      "root ::= " + String(repeating: "(", count: 1_000_000),
      "it has 1000009 bytes, but at most 262144 are allowed"
    ),
    (
      "root ::= " + String(repeating: "(", count: 200_000),
      "line 1, column 110: brackets are nested more than 100 deep"
    ),
  ]

  @Test(arguments: refusals)
  func `what is no grammar is refused, with the place`(gbnf: String, message: String) {
    let error = #expect(throws: GrammarError.self) { try Grammar(gbnf: gbnf) }
    #expect(error?.message == message)
  }

  /// Each rule names the next one twice: looking at each way to the last would take for ever.
  @Test func `rules that fan out take no time to check`() throws {
    let rules = (0 ..< 5_000).map { "r\($0) ::= r\($0 + 1) r\($0 + 1) | r\($0 + 1)" }
    let gbnf = "root ::= r0\n" + rules.joined(separator: "\n") + "\nr5000 ::= \"a\""
    #expect(try Grammar(gbnf: gbnf).rules.alternatives.count == 5_002)
  }

  @Test func `repetitions of repetitions are written out once`() throws {
    let grammar = try Grammar(gbnf: #"root ::= ((("a"{1000}){1000}){1000}){1000}"#)
    #expect(grammar.rules.elements.count < 100)
  }

  @Test func `a grammar that may be followed in too many ways is given up`() throws {
    // After n letters there are 2^n ways.
    let grammar = try Grammar(
      gbnf: "root ::= s\ns ::= \"a\" s \"x\" | \"a\" s \"y\" | \"a\" s \"z\" | \"a\""
    )
    let error = #expect(throws: GrammarError.self) {
      _ = try matches(String(repeating: "a", count: 100), grammar)
    }
    #expect(error?.message == "the text so far can match it in too many ways")
  }

  @Test func `random text is no reason to stop`() {
    var random = SystemRandomNumberGenerator()
    let pieces = [
      "root", " ::= ", "a", "\"", "[", "]", "(", ")", "|", "*", "+", "?", "{1,2}", "{", "\\", "\n",
      "^", "-", ".", "#", "é", "::=", " ",
    ]
    for _ in 0 ..< 3_000 {
      let count = Int.random(in: 0 ..< 20, using: &random)
      let text = (0 ..< count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
      _ = try? Grammar(gbnf: "root ::= " + text)
    }
  }
}
