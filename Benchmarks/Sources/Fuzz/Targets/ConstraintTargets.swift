import NIOCore

@testable import Constraints

/// JSON schemas. The input is a text with `RepeatedParts`.
struct SchemaTarget: FuzzTarget {
  let seeds = [
    #"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}"#,
    #"{"items":{"items":{"items":{}}}}"#,
    #"{"additionalProperties":true,"properties":{"name":{"minLength":1,"maxLength":300}}}"#,
    ##"{"anyOf":[{"$ref":"#/$defs/a"},{"const":[1,"x"]}],"$defs":{"a":{"$ref":"#"}}}"##,
    #"{"oneOf":[{"type":"number","minimum":0.5,"exclusiveMaximum":7},{"enum":["a",null]}]}"#,
    #"{"allOf":[{"pattern":"^[a-z\\d]{2,}$"},{"pattern":"b|c"}],"maxLength":30}"#,
    #"{"prefixItems":[{},{"not":{"type":"null"}}],"minItems":1,"multipleOf":7}"#,
    "\u{1}d{\"items\":\u{2}{}\u{1}d}\u{2}",
    "{\"enum\":[\u{1}z\"a\u{3}\",\u{2}0]}",
    "{\"properties\":{\u{1}z\"a\u{3}\":{\"minLength\":\u{3}},\u{2}\"b\":{}},\"minProperties\":9}",
    "{\"anyOf\":[\u{1}d{\"maxItems\":\u{3},\"pattern\":\"\u{1}9(a|b)?\u{2}\"},\u{2}{}]}",
    "{\"$ref\":\"#/$defs/0\",\"$defs\":{\u{1}d\"\u{3}\":{\"$ref\":\"#/$defs/\u{4}\"},\u{2}\"100\":{}}}",
    "{\"oneOf\":[\u{1}9{\"const\":\u{3}},\u{2}{\"type\":\"string\",\"format\":\"date\"}]}",
    "{\"properties\":{\u{1}z\"a\u{3}\":{\"pattern\":\"^(a|b)*a(a|b){9\u{3}}\",\"maxLength\":1\u{3}},\u{2}\"z\":{}}}",
    "{\"enum\":[\u{1}z\"a\u{3}\",\u{2}0],\"pattern\":\"^(a?){999}$\"}",
  ].map { ByteBuffer(string: $0) }

  func run(_ input: ByteBuffer) {
    let text = RepeatedParts.text(of: input, limit: ConstraintCheck.textSize)
    ConstraintCheck.schemas.run(text) { try? Grammar(jsonSchema: text) }
  }
}

/// Grammars, in the same way.
struct GrammarTarget: FuzzTarget {
  let seeds = [
    #"root ::= "yes" | "no" [.!]?  # why"#,
    "root ::= (\"a\"* b){2,5} c+\nb ::= [^a-c\\x41] | root\nc ::= . \"\\n\"",
    "root ::= a b a b\na ::= \"x\" | | \"y\"?*+\nb ::= \"z\"{0,100000}",
    "root ::= \u{1}~(\"a\"? \u{2}\"b\"\u{1}~)\u{2}",
    "root ::= a0\n\u{1}~a\u{3} ::= \"a\" | a\u{4} \"b\"?\n\u{2}a126 ::= \"c\"",
    "root ::= \u{1}~\u{1}~\"a\u{3}\" | \u{2}\u{2}[\u{1}~a-z\u{2}]",
    "root ::= a\na ::= \u{1}~\u{1}~\"a\"? \u{2}\u{2}",
  ].map { ByteBuffer(string: $0) }

  func run(_ input: ByteBuffer) {
    let text = RepeatedParts.text(of: input, limit: ConstraintCheck.textSize)
    ConstraintCheck.grammars.run(text) { try? Grammar(gbnf: text) }
  }
}
