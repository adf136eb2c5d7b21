import Constraints
import Testing

@Suite struct LookaheadTests {
  private func forced(
    _ grammar: Grammar,
    after text: String = "",
    atMost limit: Int = 64
  ) throws
    -> String
  {
    var matcher = try Matcher(grammar, TokenVocabulary([]))
    try matcher.append(text.utf8)
    var lookahead = matcher.lookahead
    return String(decoding: lookahead.forcedBytes(atMost: limit), as: UTF8.self)
  }

  @Test(arguments: [
    ("", "one t"), ("o", "ne t"), ("one ", "t"), ("one t", ""), ("one tw", "o, "),
    ("one two, ", ""),
    ("one two, x", "yz!"), ("one two, xyz!", ""), ("one two, a", ""), ("x", ""),
  ])
  func `the bytes are forced that nothing else may replace`(text: String, forced: String) throws {
    let grammar = try Grammar(gbnf: #"root ::= "one " ("two" | "three") ", " ("xyz!" | [ab])"#)
    // "three" begins like "two".
    #expect(try self.forced(grammar, after: text) == forced)
  }

  @Test func `a text that may end is not forced to go on`() throws {
    let grammar = try Grammar(gbnf: #"root ::= "ab" "cd"?"#)
    #expect(try self.forced(grammar) == "ab")
    #expect(try self.forced(grammar, after: "ab") == "")
    #expect(try self.forced(grammar, after: "abc") == "d")
  }

  @Test func `the names of required properties are forced, but not white space`() throws {
    let grammar = try Grammar(
      jsonSchema: """
        {"type": "object", "properties": {"name": {"type": "string"}, "nice": {"type": "null"}},
        "required": ["name", "nice"]}
        """
    )
    #expect(try self.forced(grammar) == "{")
    #expect(try self.forced(grammar, after: "{") == "")
    // The other declared name begins like it, but comes later.
    #expect(try self.forced(grammar, after: "{\"") == "name\":")
    #expect(try self.forced(grammar, after: "{\"name\": \"n") == "")
    #expect(try self.forced(grammar, after: "{\"name\": \"n\", \"") == "nice\":")
    #expect(try self.forced(grammar, after: "{\"name\": \"n\", \"nice\": n") == "ull")
  }

  @Test func `no more bytes are found than were asked for, or than the work allows`() throws {
    let long = try Grammar(gbnf: #"root ::= "a"{100000}"#)
    #expect(try self.forced(long, atMost: 0) == "")
    #expect(try self.forced(long, atMost: 7) == "aaaaaaa")
    #expect(try self.forced(long, atMost: .max).utf8.count < 5000)
  }

  @Test func `it goes where bytes lead, and its matcher does not`() throws {
    let matcher = try Matcher(
      Grammar(gbnf: #"root ::= ("a" "bc" | "x" "yz") "!""#),
      TokenVocabulary([])
    )
    var lookahead = matcher.lookahead
    var steps: [String] = []
    // After a refusal, nothing may follow.
    for text in ["a", "bc", "!", "!", "a"] {
      let isAllowed = lookahead.append(text.utf8)
      let forced = String(decoding: lookahead.forcedBytes(atMost: 9), as: UTF8.self)
      steps.append("\(text) \(isAllowed) \(forced)")
    }
    #expect(steps == ["a true bc!", "bc true !", "! true ", "! false ", "a false "])
    #expect(try matcher.allows("xyz!".utf8))
  }

  /// Its work is not the text's: however much is looked ahead, the text goes on.
  @Test func `a text that is looked ahead of at each byte may have as much work as without`() throws
  {
    let grammar = try Grammar(gbnf: #"root ::= (("a" | "b" | [a-z])* ("c" | [^x])*)* "!""#)
    var matcher = try Matcher(grammar, TokenVocabulary([]))
    for _ in 0 ..< 3000 {
      var lookahead = matcher.lookahead
      while lookahead.append("abc".utf8) {}
      let forced = lookahead.forcedBytes(atMost: 9)
      #expect(forced == [])
      try matcher.append("a".utf8)
    }
    try matcher.append("!".utf8)
    #expect(matcher.mayEnd)
  }
}
