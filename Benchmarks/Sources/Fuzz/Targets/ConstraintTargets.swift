import NIOCore

@testable import Constraints

/// JSON schemas: whatever they are, compiling them and following the rules that they become costs
/// about as much as there is text.
struct SchemaTarget: FuzzTarget {
  let seeds = [
    #"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}"#,
    #"{"items":{"items":{"items":{}}}}"#,
    #"{"additionalProperties":true,"properties":{"name":{"minLength":1,"maxLength":300}}}"#,
    ##"{"anyOf":[{"$ref":"#/$defs/a"},{"const":[1,"x"]}],"$defs":{"a":{"$ref":"#"}}}"##,
    #"{"oneOf":[{"type":"number","minimum":0.5,"exclusiveMaximum":7},{"enum":["a",null]}]}"#,
    #"{"allOf":[{"pattern":"^[a-z\\d]{2,}$"},{"pattern":"b|c"}],"maxLength":30}"#,
    #"{"prefixItems":[{},{"not":{"type":"null"}}],"minItems":1,"multipleOf":7}"#,
  ].map { ByteBuffer(string: $0) }

  func run(_ input: ByteBuffer) {
    let text = String(buffer: input)
    guard let grammar = try? Grammar(jsonSchema: text) else { return }
    // What patterns with lengths have in states is more than their text, and limited in all.
    check(grammar, text, perByte: 200, beside: 10_000_000)
  }
}

/// Grammars, in the same way.
struct GrammarTarget: FuzzTarget {
  let seeds = [
    #"root ::= "yes" | "no" [.!]?  # why"#,
    "root ::= (\"a\"* b){2,5} c+\nb ::= [^a-c\\x41] | root\nc ::= . \"\\n\"",
    "root ::= a b a b\na ::= \"x\" | | \"y\"?*+\nb ::= \"z\"{0,100000}",
  ].map { ByteBuffer(string: $0) }

  func run(_ input: ByteBuffer) {
    let text = String(buffer: input)
    guard let grammar = try? Grammar(gbnf: text) else { return }
    check(grammar, text, perByte: 100, beside: 1_000)
  }
}

private let vocabulary = TokenVocabulary(
  (0 ... 255).map { [UInt8($0)] }
    + ["\": ", "aa", "aaaa", "true", "{\"", "é"].map { Array($0.utf8) }
)

/// Follows a grammar with the first tokens that are allowed, and looks at what was done for that.
private func check(_ grammar: Grammar, _ text: String, perByte: Int, beside base: Int) {
  let size = text.utf8.count
  fail(
    "\(grammar.compilationWork) parts of work",
    unless: grammar.compilationWork < base + size * perByte
  )
  let count = grammar.rules.elements.count
  fail("\(count) elements", unless: count < 500_000 + size * perByte)
  guard var matcher = try? Matcher(grammar, vocabulary) else { return }
  for step in 0 ..< 20 {
    guard let allowed = try? matcher.allowedTokens() else { return }
    var tokens: [Int32] = []
    allowed.forEach { tokens.append($0) }
    fail("it neither may end nor go on", unless: matcher.mayEnd || !tokens.isEmpty)
    guard !tokens.isEmpty else { return }
    let token = tokens[step * 7 % tokens.count]
    guard token < 256, (try? matcher.append([UInt8(token)])) != nil else { return }
    fail("an allowed token is not", unless: matcher.mayEnd || matcher.mayGoOn)
  }
  let memory = matcher.memorySize
  fail("\(memory) is remembered", unless: memory.places < 3_000_000 && memory.states < 200_000)
}
