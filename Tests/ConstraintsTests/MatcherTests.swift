import Constraints
import Testing

@Suite struct MatcherTests {
  private func allowed(
    _ tokens: [String],
    after text: String = "",
    gbnf: String
  ) throws -> [String] {
    let vocabulary = TokenVocabulary(tokens.map { Array($0.utf8) })
    var matcher = try Matcher(Grammar(gbnf: gbnf), vocabulary)
    try matcher.append(text.utf8)
    var allowed: [String] = []
    try matcher.allowedTokens().forEach { allowed.append(tokens[Int($0)]) }
    for token in tokens where !token.isEmpty {
      #expect(try matcher.allows(token.utf8) == allowed.contains(token), "\(token)")
    }
    return allowed
  }

  @Test func `the tokens that may follow are those that the grammar allows to their last byte`()
    throws
  {
    let tokens = ["", "a", "ab", "abc", "abd", "b", "abx", "yes", "ye", "y", "no", "yesno"]
    #expect(
      try self.allowed(tokens, gbnf: #"root ::= "ab" [cd] | "yes""#)
        == ["a", "ab", "abc", "abd", "yes", "ye", "y"]
    )
    #expect(
      try self.allowed(tokens, after: "ab", gbnf: #"root ::= "ab" [cdy] "e"?"#)
        == ["ye", "y"]
    )
    #expect(try self.allowed(tokens, after: "no", gbnf: #"root ::= "no""#) == [])
    #expect(try self.allowed(tokens, after: "x", gbnf: #"root ::= "no""#) == [])
  }

  @Test func `a token may end within a character`() throws {
    let vocabulary = TokenVocabulary([[0xE6], [0x97, 0xA5], [0x97], [0xA5], [0x41], [0xED, 0xA0]])
    var matcher = try Matcher(Grammar(gbnf: "root ::= [^a]+"), vocabulary)
    func allowed() throws -> [Int32] {
      var tokens: [Int32] = []
      try matcher.allowedTokens().forEach { tokens.append($0) }
      return tokens
    }
    // The last one would begin half of a surrogate pair, which is no character.
    #expect(try allowed() == [0, 4])
    try matcher.append([0xE6])
    #expect(!matcher.mayEnd)
    #expect(try allowed() == [1, 2, 3])
    try matcher.append([0x97, 0xA5])
    #expect(matcher.mayEnd)
    #expect(matcher.mayGoOn)
  }

  @Test func `a text that is over neither goes on nor comes back`() throws {
    var matcher = try Matcher(Grammar(gbnf: #"root ::= "no""#), TokenVocabulary([[0x6E]]))
    #expect(!matcher.mayEnd)
    #expect(matcher.mayGoOn)
    try matcher.append("no".utf8)
    #expect(matcher.mayEnd)
    #expect(!matcher.mayGoOn)
    try matcher.append("n".utf8)
    #expect(!matcher.mayEnd)
    #expect(!matcher.mayGoOn)
    #expect(try matcher.allowedTokens().isEmpty)
  }

  @Test func `copies go their own ways, however long`() throws {
    // Each bracket is a state of its own: enough for what is remembered to be forgotten.
    let grammar = try Grammar(gbnf: #"root ::= "(" root ")" | "x""#)
    var first = try Matcher(grammar, TokenVocabulary([]))
    let depth = 10_000
    for _ in 0 ..< depth / 100 { try first.append(String(repeating: "(", count: 100).utf8) }
    var second = first
    try first.append("x".utf8)
    for _ in 0 ..< depth / 100 { try first.append(String(repeating: ")", count: 100).utf8) }
    #expect(first.mayEnd)
    try second.append("(x".utf8)
    for _ in 0 ..< depth / 100 { try second.append(String(repeating: ")", count: 100).utf8) }
    #expect(!second.mayEnd)
    try second.append(")".utf8)
    #expect(second.mayEnd)
  }
}
