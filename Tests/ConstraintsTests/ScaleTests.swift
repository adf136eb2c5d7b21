import TestThreads
import Testing

@testable import Constraints

/// What compiling costs grows with the text, not with its square; counted in parts, not in time.
@Suite(.ownThread) struct ScaleTests {
  struct Input: CustomTestStringConvertible {
    var name: String
    var isSchema: Bool
    /// A text of a size; the sizes that are tried are one and four times `size`.
    var size: Int
    var text: @Sendable (Int) -> String

    init(schema name: String, _ size: Int, _ text: @escaping @Sendable (Int) -> String) {
      (self.name, self.isSchema, self.size, self.text) = (name, true, size, text)
    }

    init(gbnf name: String, _ size: Int, _ text: @escaping @Sendable (Int) -> String) {
      (self.name, self.isSchema, self.size, self.text) = (name, false, size, text)
    }

    var testDescription: String { self.name }

    func grammar(_ size: Int) throws -> (Grammar, bytes: Int) {
      let text = self.text(size)
      let grammar = try self.isSchema ? Grammar(jsonSchema: text) : Grammar(gbnf: text)
      return (grammar, text.utf8.count)
    }
  }

  private static func times(_ count: Int, _ text: String) -> String {
    String(repeating: text, count: count)
  }

  private static func list(_ count: Int, _ item: (Int) -> String) -> String {
    (0 ..< count).map(item).joined(separator: ",")
  }

  static let inputs: [Input] = [
    Input(gbnf: "names in a row", 2_000) {
      "root ::= " + times($0, "a b ") + "\na ::= \"x\"\nb ::= \"y\""
    },
    Input(gbnf: "alternatives", 10_000) { "root ::= \"a\"" + times($0, " | \"b\"") },
    Input(gbnf: "empty alternatives", 10_000) { "root ::= \"a\"" + times($0, "|") },
    Input(gbnf: "marks of repetition", 10_000) { "root ::= \"a\"" + times($0, "*?+") },
    Input(gbnf: "counted repetitions of each other", 5_000) { "root ::= \"a\"" + times($0, "{2}") },
    Input(gbnf: "repetitions with gaps of each other", 2_000) {
      "root ::= \"a\"" + times($0, "{3}?")
    },
    Input(gbnf: "brackets one after the other", 5_000) {
      "root ::= " + times($0, "(\"a\" | \"b\")* ")
    },
    Input(gbnf: "a chain of rules", 1_000) { count in
      "root ::= r0\n" + (0 ..< count).map { "r\($0) ::= r\($0 + 1)?\n" }.joined()
        + "r\(count) ::= \"a\""
    },
    Input(gbnf: "rules that fan out", 1_000) { count in
      "root ::= r0\n"
        + (0 ..< count).map { "r\($0) ::= r\($0 + 1) r\($0 + 1) | r\($0 + 1)\n" }.joined()
        + "r\(count) ::= \"a\""
    },
    Input(gbnf: "a class of many ranges", 4_000) { count in
      "root ::= [" + (0 ..< count).map { "\\U000\(String(0x10000 + $0 * 3, radix: 16))" }.joined()
        + "]"
    },
    Input(gbnf: "an inverted class of many ranges", 4_000) { count in
      "root ::= [^" + (0 ..< count).map { "\\U000\(String(0x10000 + $0 * 3, radix: 16))" }.joined()
        + "]"
    },
    Input(gbnf: "many inverted classes", 2_000) { "root ::= " + times($0, "[^a-z0-9] ") },
    Input(gbnf: "a long text", 50_000) { "root ::= \"" + times($0, "a") + "\"" },
    Input(gbnf: "comments", 10_000) { times($0, "# a\n") + "root ::= \"a\"" },
    Input(schema: "nested arrays", 25) { times($0, #"{"items":"#) + "{}" + times($0, "}") },
    Input(schema: "nested arrays with types", 25) {
      times($0, #"{"type":"array","items":"#) + "{}" + times($0, "}")
    },
    Input(schema: "schemas that hold together, each with a name", 200) { count in
      #"{"allOf":[\#(list(count) { #"{"properties":{"name \#($0)":{}}}"# })]}"#
    },
    Input(schema: "patterns with lengths", 100) { count in
      #"{"properties":{\#(list(count) { #""p\#($0)":{"pattern":"^(a|b|cd)+x*$","maxLength":\#(1_000 + $0)}"# })}}"#
    },
    Input(schema: "numbers with limits", 100) { count in
      #"{"properties":{\#(list(count) { #""p\#($0)":{"type":"number","minimum":\#($0).5,"maximum":\#($0 * 1_000).25}"# })}}"#
    },
    Input(schema: "nested objects", 15) {
      times($0, #"{"properties":{"a":"#) + "{}" + times($0, "}}")
    },
    Input(schema: "a long name beside others", 25_000) {
      #"{"additionalProperties":true,"properties":{"\#(times($0, "a"))":{}}}"#
    },
    Input(schema: "many names beside others", 1_000) { count in
      #"{"additionalProperties":{},"properties":{\#(list(count) { "\"name\($0)\":{}" })}}"#
    },
    Input(schema: "many required names", 1_000) { count in
      #"{"properties":{\#(list(count) { "\"n\($0)\":{}" })},"required":[\#(list(count) { "\"n\($0)\"" })]}"#
    },
    Input(schema: "many values", 1_500) { count in
      #"{"enum":[\#(list(count) { "\"value \($0)\"" })]}"#
    },
    Input(schema: "a large value beside alternatives", 150) { count in
      #"{"const":"\#(times(count * 50, "a"))","anyOf":[\#(list(count) { #"{"minLength":\#($0)}"# })]}"#
    },
    Input(schema: "a list of large values beside alternatives", 50) { count in
      #"{"enum":[\#(list(count) { "[\($0)\(times(50, ",1"))]" })],"minItems":2,"anyOf":[{"type":"array"},{}]}"#
    },
    Input(schema: "a chain of references", 500) { count in
      ##"{"$ref":"#/$defs/0","$defs":{\##(list(count) { ##""\##($0)":{"$ref":"#/$defs/\##($0 + 1)"}"## }),"\##(count)":{}}}"##
    },
    Input(schema: "a chain of properties", 300) { count in
      ##"{"$ref":"#/$defs/0","$defs":{\##(list(count) { ##""\##($0)":{"properties":{"a":{"$ref":"#/$defs/\##($0 + 1)"}}}"## }),"\##(count)":{}}}"##
    },
    Input(schema: "a chain of alternatives", 300) { count in
      ##"{"$ref":"#/$defs/0","$defs":{\##(list(count) { ##""\##($0)":{"anyOf":[{"$ref":"#/$defs/\##($0 + 1)"},{"type":"null"}]}"## }),"\##(count)":{"type":"null"}}}"##
    },
    Input(schema: "large counts", 300) { count in
      #"{"properties":{\#(list(count) { #""p\#($0)":{"type":"string","maxLength":\#(10_000 + $0)}"# })}}"#
    },
    Input(schema: "a pattern with a large class", 4_000) { count in
      #"{"pattern":"^["#
        + (0 ..< count).compactMap { Unicode.Scalar(0x4E00 + $0 * 2).map { String(Character($0)) } }
        .joined() + #"]$"}"#
    },
    Input(schema: "a pattern with many groups", 1_000) {
      #"{"pattern":"^\#(times($0, "(a|b)?"))$"}"#
    },
    Input(schema: "a pattern with many dots", 4_000) { #"{"pattern":"^\#(times($0, "."))$"}"# },
    Input(schema: "unions that a property tells apart", 40) { count in
      #"{"oneOf":[\#(list(count) { #"{"type":"object","properties":{"k":{"const":\#($0)}},"required":["k"]}"# })]}"#
    },
  ]

  @Test(arguments: inputs)
  func `compiling costs about as much as there is text`(input: Input) throws {
    let (small, bytes) = try input.grammar(input.size)
    let (large, largeBytes) = try input.grammar(input.size * 4)
    let ratio = Double(largeBytes) / Double(bytes)
    let growth = Double(large.compilationWork) / Double(small.compilationWork)
    #expect(growth < 1.5 * ratio, "\(small.compilationWork) for \(bytes), \(large.compilationWork)")
    // A part has eight bytes or so.
    #expect(large.rules.elements.count < 20 * largeBytes + 2_000)
    #expect(large.rules.alternatives.count < 4 * largeBytes + 1_000)
  }

  /// With each of these a text begins, and the tokens that may follow are found, or it is said that
  /// there are too many ways: never more work than one call may do.
  @Test(arguments: inputs)
  func `following costs no more than the limit`(input: Input) throws {
    let (grammar, _) = try input.grammar(input.size)
    let vocabulary = TokenVocabulary(
      (0 ... 255).map { [UInt8($0)] } + ["aa", "aaaa", "{\""].map { Array($0.utf8) }
    )
    do throws(GrammarError) {
      var matcher = try Matcher(grammar, vocabulary)
      for _ in 0 ..< 5 {
        var first: Int32?
        try matcher.allowedTokens().forEach { first = first ?? $0 }
        guard let first, first < 256 else { break }
        try matcher.append([UInt8(first)])
      }
    } catch {
      #expect(error.message == "the text so far can match it in too many ways")
    }
  }

  @Test func `choices that multiply are refused, with the place`() {
    let choice = #"{"anyOf":[{"minLength":1},{"maxLength":9},{"pattern":"a"}]}"#
    let parts = Array(repeating: choice, count: 30).joined(separator: ",")
    let error = #expect(throws: SchemaError.self) {
      try Grammar(jsonSchema: #"{"properties":{"a":{"allOf":[\#(parts)]}}}"#)
    }
    #expect(error?.message.contains("/properties/a/allOf/") == true)
    #expect(error?.message.contains("in more ways than the limit of 200000 parts allows") == true)
  }

  /// Patterns whose states double with each length, and one whose length is far above its states.
  @Test(arguments: [
    #"{"properties":{"#
      + list(100) { #""\#($0)":{"pattern":"^(a|b)*a(a|b){9\#($0)}$","maxLength":10\#($0)}"# }
      + "}}",
    #"{"properties":{"#
      + list(100) { #""\#($0)":{"pattern":"^(a?b?c?d?){999}\#($0)$","maxLength":1\#($0)}"# }
      + "}}",
    #"{"pattern":"^("# + list(100) { "(a?b?c?\($0)){1,9}|" } + #"x)*$","maxLength":99999}"#,
  ])
  func `patterns with lengths cost no more than their limit, also in vain`(schema: String) throws {
    var compiler = SchemaCompiler(try SchemaDocument(schema))
    _ = try? compiler.compile()
    let work = compiler.builder.work.count
    #expect(work < SchemaCompiler.maximumPatternWork + 300 * schema.utf8.count)
  }

  @Test(arguments: [
    list(60) {
      #"{"type":"string","pattern":"^([a-z]|[a-z]|[a-z]|[a-z]|[a-z]|[a-z]){55}X\#($0)$"}"#
    },
    list(300) { #"{"type":"string","pattern":"^a{\#($0)}$"}"# },
    list(2_000) { #"{"type":"string","pattern":"^a{\#($0)}$"}"# },
    list(1_000) { #"{"type":"string","pattern":"^b\#($0)[a-z]{0,20}$"}"# },
  ])
  func `telling the patterns of oneOf apart costs no more than its limit`(branches: String) throws {
    let schema = #"{"oneOf":[\#(branches)]}"#
    var compiler = SchemaCompiler(try SchemaDocument(schema))
    let error = #expect(throws: SchemaError.self) { try compiler.compile() }
    #expect(error?.message.contains("take more than 3000000 steps to tell apart") == true)
    let work = compiler.builder.work.count
    #expect(work < SchemaCompiler.maximumPatternWork + 100 * schema.utf8.count)
  }

  @Test func `patterns that are in many schemas have no more work for that`() throws {
    let choices = (0 ..< 2).map { part in
      #"{"anyOf":[\#(Self.list(150) { #"{"pattern":"^(a|b)*c\#($0)\#(part)$"}"# })]}"#
    }
    let schema = #"{"allOf":[\#(choices.joined(separator: ","))]}"#
    var compiler = SchemaCompiler(try SchemaDocument(schema))
    _ = try? compiler.compile()
    let work = compiler.builder.work.count
    #expect(work < SchemaCompiler.maximumPatternWork + 300 * schema.utf8.count)
  }

  @Test func `many patterns are told apart`() throws {
    let branches = Self.list(100) { #"{"type":"string","pattern":"^b\#($0)-[a-z]{0,20}$"}"# }
    let grammar = try Grammar(jsonSchema: #"{"oneOf":[\#(branches)]}"#)
    #expect(try matches(#""b99-xyz""#, grammar))
    #expect(try !matches(#""b100-xyz""#, grammar))
  }

  @Test func `texts are as long as the states for a pattern let them be`() throws {
    let grammar = try Grammar(jsonSchema: #"{"pattern":"^a*b*$","maxLength":10000}"#)
    let matcher = try Matcher(grammar, TokenVocabulary([]))
    #expect(try matcher.allows(("\"" + Self.times(1_500, "a") + "b\"").utf8))
    #expect(try !matcher.allows(("\"" + Self.times(9_999, "a") + "b\"").utf8))
  }

  @Test func `trying a pattern on given texts is counted by its steps`() {
    let texts = Self.list(100) { "\"\($0)\(Self.times(100, "a"))\"" }
    let error = #expect(throws: SchemaError.self) {
      try Grammar(jsonSchema: #"{"enum":[\#(texts)],"pattern":"^\\d*(a?){999}$"}"#)
    }
    #expect(error?.message.contains("needs more than 500000 comparisons") == true)
  }

  @Test(arguments: [
    #"{"enum":[\#(list(3_000) { #"{"a":\#($0)}"# })],"required":[\#(list(5_000) { _ in #""a""# })]}"#,
    #"{"enum":[\#(list(4_000) { "\($0)" })],"not":{"anyOf":[\#(list(4_000) { _ in "false" })]}}"#,
    #"{"enum":[{\#(list(3_000) { #""m\#($0)":1"# })}],"anyOf":[\#(list(1_000) { #"{"properties":{"p\#($0)":{}}}"# })]}"#,
  ])
  func `what is gone through for each given value is counted`(schema: String) {
    let error = #expect(throws: SchemaError.self) { try Grammar(jsonSchema: schema) }
    #expect(error?.message.contains("needs more than 500000 comparisons") == true)
  }

  /// What is asked for of large values again and again is found once.
  @Test func `large given values beside many schemas are compared`() throws {
    let numbers = Self.list(3_000) { "\($0)" }
    let object = "{\(Self.list(3_000) { #""m\#($0)":1"# })}"
    let text = "\"\(Self.times(20_000, "x"))\""
    let schema = #"""
      {"enum":[[\#(numbers)],[1,\#(numbers)],\#(object),\#(text)],"anyOf":[
      \#(Self.list(500) { #"{"uniqueItems":true,"maxLength":\#($0),"required":["m\#($0)"]}"# }),
      \#(Self.list(500) { #"{"enum":[\#($0)]}"# })]}
      """#
    let grammar = try Grammar(jsonSchema: schema)
    #expect(try matches("[\(numbers)]", grammar))
    #expect(try matches(object, grammar))
    #expect(try !matches("[1,\(numbers)]", grammar))
    #expect(try !matches(text, grammar))
  }

  @Test(arguments: [
    #"{"type":"string","maxLength":40,"enum":[\#(list(2_000) { "\"value \($0)\"" })]}"#,
    #"{"type":"object","required":["m1"],"properties":{"m2":{}},"const":{\#(list(500) { #""m\#($0)":\#($0)"# })}}"#,
    #"{"type":"object","required":["a"],"enum":[\#(list(2_000) { #"{"a":\#($0),"b":[]}"# })]}"#,
  ])
  func `long lists of values and large ones stay far below the limit`(schema: String) throws {
    var compiler = SchemaCompiler(try SchemaDocument(schema))
    _ = try compiler.compile()
    #expect(compiler.valueChecks < SchemaCompiler.maximumChecks / 50)
  }

  @Test func `compiling ends with its task`() async {
    let names = (0 ..< 3_000).map { "\"name\($0)\":{\"type\":\"integer\"}" }.joined(separator: ",")
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return #expect(throws: SchemaError.self) {
        try Grammar(jsonSchema: "{\"properties\":{\(names)}}")
      }
    }
    task.cancel()
    let error = await task.value
    #expect(error?.isCancellation == true)
  }

  @Test func `long matching ends with its task`() async throws {
    let grammar = try Grammar(gbnf: "root ::= (\"a\" | \"aa\")*")
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return #expect(throws: GrammarError.self) {
        var matcher = try Matcher(grammar, TokenVocabulary([]))
        try matcher.append(String(repeating: "a", count: 50_000).utf8)
      }
    }
    task.cancel()
    let error = await task.value
    #expect(error?.isCancellation == true)
  }

  @Test func `what is remembered of a text is bounded`() throws {
    // Each length is a state of its own.
    let grammar = try Grammar(jsonSchema: #"{"type":"string","maxLength":1000000}"#)
    let vocabulary = TokenVocabulary((0 ... 255).map { [UInt8($0)] })
    var matcher = try Matcher(grammar, vocabulary)
    try matcher.append("\"".utf8)
    for _ in 0 ..< 15_000 {
      try matcher.append("abcdefgh".utf8)
    }
    _ = try matcher.allowedTokens()
    let size = matcher.memorySize
    #expect(size.places < 300_000)
    #expect(size.states < 100)
    #expect(size.masks < 100)
  }

  @Test func `what is remembered for many texts of a grammar is bounded`() throws {
    // Each state has all that may still follow, and the texts have different ones.
    let letters = "ABCDEFGHIJKLMNOPQRST".map { "\"\($0)\"?" }.joined()
    let grammar = try Grammar(gbnf: "root ::= a\na ::= " + Self.times(250, letters))
    let vocabulary = TokenVocabulary([Array("A".utf8)])
    for letter in "ABCDEFGHIJKLMNOPQRST" {
      var matcher = try Matcher(grammar, vocabulary)
      for _ in 0 ..< 6 {
        try matcher.append(String(letter).utf8)
        _ = try matcher.allowedTokens()
      }
      #expect(matcher.memorySize.placesOfStates < 430_000)
    }
  }
}
