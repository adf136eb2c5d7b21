import Testing

@testable import Constraints

@Suite struct SchemaTests {
  struct Case: CustomStringConvertible {
    var schema: String
    var valid: [String]
    var invalid: [String]

    init(_ schema: String, _ valid: [String], _ invalid: [String]) {
      self.schema = schema
      self.valid = valid
      self.invalid = invalid
    }

    var description: String { self.schema }
  }

  static let cases: [Case] = [
    // Patterns that are canonically equal, of one size, are still two patterns.
    Case(
      """
      {"properties":{"a":{"allOf":[{"pattern":"^q\u{307}\u{323}$"},{"pattern":"^.{3}$"}]},
      "b":{"allOf":[{"pattern":"^q\u{323}\u{307}$"},{"pattern":"^.{3}$"}]}},
      "required":["a","b"],"additionalProperties":false}
      """,
      ["{\"a\":\"q\u{307}\u{323}\",\"b\":\"q\u{323}\u{307}\"}"],
      [
        "{\"a\":\"q\u{307}\u{323}\",\"b\":\"q\u{307}\u{323}\"}",
        "{\"a\":\"q\u{323}\u{307}\",\"b\":\"q\u{307}\u{323}\"}",
      ]
    ),
    // Types.
    Case(#"{"type":"boolean"}"#, ["true", "false"], ["null", "1", "", "truefalse"]),
    Case(#"{"type":"null"}"#, ["null"], ["0", "nul"]),
    Case(#"{"type":["null","boolean"]}"#, ["null", "true"], ["0"]),
    Case(
      #"{"type":"integer"}"#,
      ["0", "7", "-12", "123456789012345"],
      ["", "-", "-0", "01", "1.5", "1e5", "\"1\"", "1234567890123456"]
    ),
    Case(
      #"{"type":"number"}"#,
      ["0", "-0", "1.5", "-2.25e+10", "1E5", "0.001"],
      ["", ".5", "1.", "1e", "01", "NaN", "1e999"]
    ),
    Case(
      #"{"type":"string"}"#,
      [#""""#, #""abc é 日 🎌""#, #""\"\\\/\b\n\u00e9""#, #""\ud83c\udf8c""#, #""\uFFFF""#],
      [
        "", "abc", #"""#, "\"\n\"", "\"\t\"", #""\x""#, #""\u12""#, #""a"b""#, #""\ud83c""#,
        #""\udf8c""#, #""\ud83cA""#,
      ]
    ),
    Case("{}", ["1", "null", #"{"a":[1,{"b":"c"}]}"#, "[]", "[ ]", "{}"], ["", "[1,]", "{a:1}"]),
    Case("true", ["1", #"[{}, "x"]"#], ["x"]),
    // Objects.
    Case(
      #"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"boolean"}},"required":["a","b"]}"#,
      [#"{"a":1,"b":true}"#, #"{ "a": 1, "b": true }"#, "{\n  \"a\": 1,\n  \"b\": true\n}"],
      [
        #"{"b":true,"a":1}"#, #"{"a":1}"#, #"{"a":1,"b":true,"c":1}"#, "{}",
        #"{"a":1,"a":1,"b":true}"#,
      ]
    ),
    Case(
      #"{"properties":{"a":{"type":"integer"},"b":{"type":"integer"},"c":{"type":"integer"}}}"#,
      ["{}", #"{"a":1}"#, #"{"b":1}"#, #"{"c":1}"#, #"{"a":1,"c":1}"#, #"{"a":1,"b":1,"c":1}"#],
      [#"{"c":1,"a":1}"#, #"{,"a":1}"#, #"{"a":1,}"#, #"{"d":1}"#, #"{"a":1 "b":1}"#]
    ),
    Case(
      #"{"properties":{"a":{},"b":{},"c":{},"d":{}},"required":["c"]}"#,
      [#"{"c":1}"#, #"{"a":1,"c":1}"#, #"{"b":1,"c":1,"d":1}"#, #"{"a":1,"b":2,"c":3,"d":4}"#],
      ["{}", #"{"a":1,"b":1}"#, #"{"c":1,"a":1}"#]
    ),
    Case(
      #"{"properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":{"type":"boolean"}}"#,
      [#"{"a":1}"#, #"{"a":1,"b":true,"ba":false,"":true}"#, #"{"b":true,"a":1}"#],
      [#"{"a":1,"b":1}"#, #"{"a":1,"a":true}"#, #"{"b":true}"#, #"{"a":1,"aa":true}"#]
    ),
    Case(
      #"{"properties":{"ab":{},"ac":{}},"additionalProperties":true}"#,
      [
        "{}", #"{"a":1}"#, #"{"ab":1,"ad":1,"b":1}"#, #"{"x":1,"y":1}"#, #"{"é":1}"#,
        #"{"ac":1,"ab":1}"#, #"{"x":1,"ab":1}"#,
      ],
      [#"{"ab":1,"ab":1}"#, #"{"ab_1":1}"#, #"{"x":1,"ab":1,"ac":1,"ab":2}"#]
    ),
    Case(
      #"{"type":"object","additionalProperties":{"type":"integer"},"minProperties":1,"maxProperties":2}"#,
      [#"{"x":1}"#, #"{"x":1, "y":2}"#],
      ["{}", #"{"x":true}"#, #"{"x":1,"y":2,"z":3}"#]
    ),
    Case(#"{"type":"object"}"#, ["{}", #"{"x":[1]}"#], ["[]", "{x:1}"]),
    Case(#"{"type":"object","additionalProperties":false}"#, ["{}", "{ }"], [#"{"x":1}"#]),
    Case(#"{"type":"object","required":["k"]}"#, [#"{"k":1}"#, #"{"k":null}"#], ["{}"]),
    Case(
      #"{"properties":{"a\"\\\n/":{"type":"null"}},"required":["a\"\\\n/"]}"#,
      [#"{"a\"\\\n/":null}"#],
      [#"{"a":null}"#]
    ),
    // Arrays.
    Case(
      #"{"type":"array","items":{"type":"integer"}}"#,
      ["[]", "[1]", "[1,2, 3]", "[ 1 ]"],
      ["[1,]", "[true]", "[,]", "[1 2]"]
    ),
    Case(
      #"{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}"#,
      ["[1,2]", "[1,2,3]"],
      ["[]", "[1]", "[1,2,3,4]"]
    ),
    Case(#"{"items":{},"maxItems":0}"#, ["[]"], ["[1]"]),
    Case(#"{"items":{},"maxItems":1}"#, ["[]", "[1]"], ["[1,2]"]),
    Case(#"{"type":"array","minItems":1}"#, ["[1]", #"["a",{}]"#], ["[]"]),
    Case(
      #"{"prefixItems":[{"type":"integer"},{"type":"boolean"}],"minItems":2}"#,
      ["[1,true]"],
      ["[1]", "[true,1]", "[1,true,1]"]
    ),
    Case(
      #"{"prefixItems":[{"type":"integer"},{"type":"boolean"}]}"#,
      ["[]", "[1]", "[1,true]"],
      ["[true]", "[1,true,1]"]
    ),
    Case(
      #"{"prefixItems":[{"type":"integer"}],"items":{"type":"null"},"minItems":1,"maxItems":3}"#,
      ["[1]", "[1,null]", "[1,null,null]"],
      ["[]", "[null]", "[1,1]", "[1,null,null,null]"]
    ),
    Case(
      #"{"prefixItems":[{"type":"integer"},{"type":"integer"}],"items":false,"maxItems":1}"#,
      ["[]", "[1]"],
      ["[1,2]"]
    ),
    // Strings.
    Case(
      #"{"type":"string","minLength":2,"maxLength":3}"#,
      [#""ab""#, #""é日🎌""#, #""\n\"x""#],
      [#""a""#, #""abcd""#, #""""#]
    ),
    Case(#"{"minLength":1}"#, [#""a""#, #""abcdefgh""#], [#""""#]),
    Case(#"{"maxLength":0}"#, [#""""#], [#""a""#]),
    Case(#"{"pattern":"^[A-Z]{2}-\\d+$"}"#, [#""AB-1""#, #""ZZ-001""#], [#""A-1""#, #""AB-1x""#]),
    Case(#"{"pattern":"b+"}"#, [#""b""#, #""abba""#], [#""a""#, #""""#]),
    Case(#"{"pattern":"^a"}"#, [#""a""#, #""ab""#], [#""ba""#]),
    Case(#"{"pattern":"a$"}"#, [#""a""#, #""ba""#], [#""ab""#]),
    Case(#"{"pattern":"^(?:a|b(c|))?$"}"#, [#""""#, #""a""#, #""bc""#, #""b""#], [#""ab""#]),
    Case(#"{"pattern":"^a|b$"}"#, [#""ax""#, #""xb""#], [#""xax""#]),
    Case(
      #"{"pattern":"^[\\w\\s\"\\\\]*$"}"#,
      [#""a_9 \" \\ \n""#],
      [#""-""#, #""\x""#, #""a"b""#]
    ),
    Case(#"{"pattern":"^[^a\"]$"}"#, [#""b""#, #""\\""#, #""\u0001""#], [#""a""#, #""\"""#]),
    Case(#"{"pattern":"^.\\.\\/\\u0041+?$"}"#, [#""x./A""#, #""\"./AA""#], [#""\n./A""#]),
    Case(
      #"{"format":"date"}"#,
      [#""2026-11-24""#, #""1999-02-28""#],
      [#""2026-13-01""#, #""2026-02-30""#, #""2026-04-31""#, #""2026-1-1""#]
    ),
    Case(#"{"format":"time"}"#, [#""23:59:59Z""#, #""00:00:00.5+01:00""#], [#""24:00:00Z""#]),
    Case(#"{"format":"date-time"}"#, [#""2026-11-24T19:00:00Z""#], [#""2026-11-24""#]),
    Case(
      #"{"format":"uuid"}"#,
      [#""123e4567-e89b-12d3-a456-426614174000""#],
      [#""123e4567e89b12d3a456426614174000""#]
    ),
    Case(
      #"{"format":"ipv4"}"#,
      [#""127.0.0.1""#, #""255.249.99.0""#],
      [#""256.0.0.1""#, #""1.2.3""#]
    ),
    Case(#"{"format":"email"}"#, [#""ada@example.org""#], [#""ada""#, #""a@b""#]),
    Case(#"{"format":"uri"}"#, [#""https://example.org/a""#], [#""example""#]),
    // Numbers.
    Case(
      #"{"type":"integer","minimum":0}"#,
      ["0", "9", "10", "123456789012345"],
      ["-1", "00", "1.5"]
    ),
    Case(
      #"{"type":"integer","minimum":-15,"maximum":120}"#,
      (-15 ... 120).map { "\($0)" },
      ["-16", "-20", "-100", "121", "130", "200", "1000", "-0"]
    ),
    Case(
      #"{"type":"integer","exclusiveMinimum":99,"exclusiveMaximum":1002}"#,
      ["100", "999", "1000", "1001"],
      ["99", "1002", "0", "1100"]
    ),
    Case(#"{"type":"integer","maximum":-5}"#, ["-5", "-10", "-99"], ["-4", "0", "5"]),
    Case(#"{"type":"integer","minimum":0.5,"maximum":2.5}"#, ["1", "2"], ["0", "3"]),
    Case(
      #"{"type":"number","minimum":0,"maximum":1}"#,
      ["0", "0.5", "1", "0.0"],
      ["-0.1", "1.1", "2", "1e0"]
    ),
    Case(
      #"{"type":"number","exclusiveMinimum":0}"#,
      ["0.5", "0.001", "1", "1.0", "12.75"],
      ["0", "0.0", "-1", "0.000"]
    ),
    Case(
      #"{"type":"number","minimum":-2,"exclusiveMaximum":3}"#,
      ["-2", "-1.5", "-0.5", "0", "2.99", "2"],
      ["-2.5", "3", "3.0", "-3"]
    ),
    Case(#"{"minimum":5,"maximum":5}"#, ["5"], ["5.1", "4", "6"]),
    Case(#"{"type":["integer","null"],"minimum":1}"#, ["1", "null"], ["0"]),
    // Values.
    Case(
      #"{"enum":["a",1,null,{"b":[true, "x"]}]}"#,
      [#""a""#, "1", "null", #"{"b":[true,"x"]}"#],
      ["2"]
    ),
    Case(#"{"type":"string","enum":["a",1]}"#, [#""a""#], ["1"]),
    Case(#"{"const":"é\"\n"}"#, [#""é\"\n""#], [#""e""#]),
    Case(#"{"const":"a","enum":["a","b"]}"#, [#""a""#], [#""b""#]),
    Case(#"{"allOf":[{"enum":["a","b"]},{"enum":["b","c"]}]}"#, [#""b""#], [#""a""#, #""c""#]),
    Case(#"{"enum":[1,2.0,3],"maximum":2}"#, ["1", "2.0"], ["3", "2"]),
    Case(#"{"enum":[1,12,123]}"#, ["1", "12", "123"], ["13", "1234", ""]),
    Case(#"{"allOf":[{"enum":[1.0]},{"const":1}]}"#, ["1"], ["1.0"]),
    Case(
      #"{"allOf":[{"enum":[{"a":1,"b":2}]},{"enum":[{"b":2,"a":1.0},3]}]}"#,
      [#"{"a":1,"b":2}"#],
      ["3"]
    ),
    Case(
      #"{"enum":["a","ab",1,null],"pattern":"b","not":{"type":"null"}}"#,
      [#""ab""#, "1"],
      [#""a""#]
    ),
    // Numbers of any size.
    Case(
      #"{"type":"integer","minimum":-9007199254740991,"maximum":9007199254740991}"#,
      ["0", "-5", "123456789012345"],
      ["1.5"]
    ),
    Case(
      #"{"type":"integer","minimum":1000000000000000,"maximum":9007199254740991}"#,
      ["1000000000000000", "9007199254740991"],
      ["9007199254740992", "999999999999999"]
    ),
    Case(
      #"{"type":"integer","minimum":18446744073709551615}"#,
      ["18446744073709551615", "20000000000000000000"],
      ["18446744073709551614", "0"]
    ),
    Case(
      #"{"type":"number","minimum":0.25,"exclusiveMaximum":1.5}"#,
      ["0.25", "0.3", "1", "1.0", "1.49", "0.250"],
      ["0.24", "1.5", "1.50", "1.6", "0", "0.2"]
    ),
    Case(
      #"{"type":"number","exclusiveMinimum":-0.5,"maximum":0.5}"#,
      ["-0.4", "0", "0.5", "0.50", "-0.49"],
      ["-0.5", "-0.50", "0.51", "-0.6", "1"]
    ),
    Case(#"{"type":"number","minimum":0.1,"maximum":0.1}"#, ["0.1", "0.10"], ["0.11", "0.09"]),
    Case(#"{"type":"number","minimum":1,"exclusiveMinimum":true}"#, ["1.1", "2"], ["1", "0.5"]),
    Case(
      #"{"type":"integer","multipleOf":3}"#,
      ["0", "3", "-12", "999"],
      ["1", "-4", "03", "3.0"]
    ),
    Case(#"{"type":"integer","multipleOf":5,"minimum":0}"#, ["0", "25"], ["-5", "3"]),
    Case(
      #"{"type":"number","multipleOf":0.01}"#,
      ["0", "1", "-1.5", "12.34", "0.01", "9999999999999.99", "999999999999999"],
      ["0.001", "1e5", "12.345", "1.", ".5", "1000000000000000"]
    ),
    Case(
      #"{"type":"number","multipleOf":0.01,"minimum":0.125,"exclusiveMaximum":1.99}"#,
      ["0.13", "0.2", "1", "1.9", "1.98"],
      ["0.12", "0.125", "0.1", "1.99", "2", "1.985", "-1"]
    ),
    Case(
      #"{"type":"number","multipleOf":0.1,"exclusiveMinimum":-0.1,"maximum":0.1}"#,
      ["0", "0.1", "0.0"],
      ["-0.1", "0.2", "0.01", "-0.01"]
    ),
    Case(#"{"type":"integer","multipleOf":0.01}"#, ["7", "-12"], ["0.5", "1.00"]),
    Case(#"{"type":"integer","multipleOf":0.5,"minimum":3}"#, ["3", "4"], ["2", "3.5"]),
    Case(#"{"type":"integer","multipleOf":2.5,"minimum":1}"#, ["5", "10"], ["2", "0", "2.5"]),
    Case(
      #"{"allOf":[{"multipleOf":0.1},{"multipleOf":0.25}],"type":"integer"}"#,
      ["1", "2"],
      ["0.5"]
    ),
    Case(
      #"{"enum":[0.1,0.3,0.35,1e-3,2],"multipleOf":0.1}"#,
      ["0.1", "0.3", "2"],
      ["0.35", "1e-3"]
    ),
    // No more digits than other numbers have.
    Case(
      #"{"type":"integer","multipleOf":5}"#,
      ["0", "5", "-10", "999999999999995", "-100000000000000"],
      ["1000000000000000", "-1000000000000005", "7", "05", "-0"]
    ),
    Case(
      #"{"type":"integer","multipleOf":97}"#,
      ["0", "97", "-194", "97000000000000"],
      ["9700000000000000", "98", "970000000000001"]
    ),
    Case(
      #"{"type":"integer","multipleOf":1000}"#,
      ["0", "1000", "999999999999000"],
      ["1000000000000000", "100"]
    ),
    Case(
      #"{"type":"integer","multipleOf":100,"minimum":150,"maximum":123456}"#,
      ["200", "123400"],
      ["100", "123500", "250", "0"]
    ),
    Case(
      #"{"type":"integer","multipleOf":7,"minimum":-8,"maximum":8}"#,
      ["-7", "0", "7"],
      ["1", "14"]
    ),
    // Patterns.
    Case(
      #"{"pattern":"^[\\w-.]+@([\\w-]+\\.)+[\\w-]{2,4}$"}"#,
      [#""a-b.c@d-e.org""#],
      [#""a@b""#, #""a b@c.de""#]
    ),
    Case(##"{"pattern":"^[\\d-z]$"}"##, [#""5""#, #""-""#, #""z""#], [#""y""#]),
    Case(##"{"pattern":"^\\ud83d\\ude00$"}"##, [#""😀""#], [#""😁""#]),
    Case(
      ##"{"pattern":"^[\\ud83d\\ude00-\\ud83d\\ude4f]$"}"##,
      [#""😀""#, #""😁""#],
      [#""🎌""#]
    ),
    Case(##"{"pattern":"^[a-\\d]$"}"##, [#""5""#, #""-""#, #""a""#], [#""b""#]),
    Case(#"{"pattern":"(^foo$)|(^ba(r|z)$)"}"#, [#""foo""#, #""baz""#], [#""xfoo""#, #""bazx""#]),
    Case(
      #"{"pattern":"^[a-z]+$","minLength":2,"maxLength":3}"#,
      [#""ab""#, #""abc""#],
      [#""a""#, #""abcd""#]
    ),
    Case(#"{"pattern":"a","maxLength":2}"#, [#""a""#, #""ba""#, #""ab""#], [#""b""#, #""bba""#]),
    Case(
      #"{"allOf":[{"pattern":"a"},{"pattern":"b"}],"minLength":3}"#,
      [#""abc""#, #""bca""#],
      [#""ab""#, #""aaa""#]
    ),
    Case(#"{"format":"date","maxLength":255}"#, [#""2026-11-24""#], [#""x""#]),
    Case(#"{"type":"string","format":"password","maxLength":2}"#, [#""ab""#], [#""abc""#]),
    Case(#"{"maxLength":65536,"minLength":1}"#, [#""x""#], [#""""#]),
    // Together.
    Case(#"{"type":"string","anyOf":[{"const":"a"},{"type":"null"}]}"#, [#""a""#], ["null"]),
    Case(
      #"{"type":["string","null"],"anyOf":[{"type":"string","maxLength":3},{"type":"integer"}]}"#,
      [#""abc""#],
      ["null", "1", #""abcd""#]
    ),
    Case(#"{"type":"string","oneOf":[{"enum":["a"]},{"enum":[1]}]}"#, [#""a""#], ["1"]),
    Case(#"{"anyOf":[{"enum":[]},{"const":1}]}"#, ["1"], ["2"]),
    Case(
      ##"{"anyOf":[{"$ref":"#"},{"type":"null"}]}"##,
      ["null"],
      ["1"]
    ),
    Case(
      #"{"allOf":[{"properties":{"a":{"type":"integer"}},"additionalProperties":false},{"properties":{"a":{"minimum":5},"b":{}}}]}"#,
      [#"{"a":5}"#, "{}"],
      [#"{"a":4}"#, #"{"b":1}"#]
    ),
    // What other programs write.
    Case(
      #"{"type":"string","nullable":true,"x-a":1,"markdownDescription":"m"}"#,
      [#""a""#, "null"],
      ["1"]
    ),
    Case(
      #"{"type":"array","items":[{"type":"integer"}],"additionalItems":{"type":"null"}}"#,
      ["[]", "[1]", "[1,null]"],
      ["[null]", "[1,1]"]
    ),
    Case(
      #"{"type":"object","propertyNames":{"pattern":"^x"},"additionalProperties":{"type":"integer"}}"#,
      ["{}", #"{"x1":1}"#],
      [#"{"y":1}"#]
    ),
    // Names that are given are members, each at most once.
    Case(
      #"{"type":"object","propertyNames":{"enum":["a","b"]},"additionalProperties":{"type":"integer"}}"#,
      ["{}", #"{"a":1}"#, #"{"b":2}"#, #"{"a":1,"b":2}"#],
      [#"{"a":1,"a":2}"#, #"{"a":"x"}"#, #"{"c":1}"#, #"{"a":1,"b":2,"a":3}"#]
    ),
    Case(
      ##"""
      {"properties":{"x":{"type":"null"}},"required":["b"],"propertyNames":{"$ref":"#/$defs/N"},
      "additionalProperties":{"type":"integer"},"$defs":{"N":{"enum":["a","b","x",1]}}}
      """##,
      [#"{"b":2}"#, #"{"x":null,"a":1,"b":2}"#],
      ["{}", #"{"a":1}"#, #"{"x":1,"b":2}"#, #"{"b":2,"c":1}"#, #"{"b":2,"b":1}"#]
    ),
    Case(
      #"{"type":"object","propertyNames":{"enum":["ab","b"],"minLength":2},"minProperties":1}"#,
      [#"{"ab":[]}"#],
      ["{}", #"{"b":1}"#, #"{"ab":1,"ab":2}"#]
    ),
    Case(
      #"{"type":"object","propertyNames":{"enum":["a"]},"additionalProperties":false}"#,
      ["{}"],
      [#"{"a":1}"#]
    ),
    Case(
      #"{"type":"object","patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false}"#,
      ["{}", #"{"x1":1}"#],
      [#"{"y":1}"#, #"{"x":null}"#]
    ),
    Case(
      #"{"properties":{"a":{},"b":{},"c":{}},"minProperties":2,"maxProperties":2}"#,
      [#"{"a":1,"b":1}"#, #"{"a":1,"c":1}"#, #"{"b":1,"c":1}"#],
      ["{}", #"{"a":1}"#, #"{"c":1}"#, #"{"a":1,"b":1,"c":1}"#]
    ),
    Case(
      #"{"properties":{"a":{},"b":{}},"required":["b"],"additionalProperties":true,"maxProperties":2}"#,
      [#"{"b":1}"#, #"{"x":1,"b":1}"#, #"{"b":1,"a":1}"#],
      [#"{"a":1,"x":1}"#, #"{"a":1,"b":1,"x":1}"#, "{}"]
    ),
    Case(
      #"{"properties":{"a":{"not":{}},"b":{}},"additionalProperties":{}}"#,
      [#"{"b":1}"#, #"{"x":1}"#],
      [#"{"a":1}"#]
    ),
    Case("\u{FEFF}{\"type\":\"null\"}", ["null"], ["1"]),
    // References.
    Case(
      ##"{"$ref":"#/$defs/Map%3Cstring%3E","$defs":{"Map<string>":{"type":"null"}}}"##,
      ["null"],
      ["1"]
    ),
    Case(##"{"$ref":"#/$defs/A%7E1B","$defs":{"A/B":{"type":"null"}}}"##, ["null"], ["1"]),
    Case(##"{"$ref":"#/$defs/caf%C3%A9","$defs":{"café":{"type":"null"}}}"##, ["null"], ["1"]),
    Case(##"{"$ref":"#a","$defs":{"x":{"$anchor":"a","type":"null"}}}"##, ["null"], ["1"]),
    // Names are bytes: these look the same.
    Case(
      ##"{"$ref":"#/$defs/\u00e9","$defs":{"e\u0301":{"type":"integer"},"\u00e9":{"type":"null"}}}"##,
      ["null"],
      ["1"]
    ),
    Case(
      #"{"properties":{"e\u0301":{"type":"integer"}},"required":["\u00e9"]}"#,
      ["{\"e\u{301}\":1,\"\u{e9}\":2}", "{\"\u{e9}\":2}"],
      ["{\"e\u{301}\":1}", "{}"]
    ),
    Case(#"{"enum":["\u00e9"]}"#, ["\"\u{e9}\""], ["\"e\u{301}\""]),
    Case(
      #"{"enum":["\u212b","\u00c5","A\u030a"],"not":{"const":"\u00c5"}}"#,
      ["\"\u{212b}\"", "\"A\u{30a}\""],
      ["\"\u{c5}\""]
    ),
    // Together.
    Case(
      #"{"anyOf":[{"type":"integer"},{"type":"array","items":{"type":"null"}}]}"#,
      ["1", "[null]"],
      ["[1]", "null"]
    ),
    Case(#"{"oneOf":[{"const":1},{"const":2}]}"#, ["1", "2"], ["3"]),
    Case(
      #"{"type":"object","properties":{"k":{"type":"integer"}},"required":["k"],"anyOf":[{"properties":{"a":{"type":"null"}},"required":["a"]},{"properties":{"b":{"type":"null"}},"required":["b"]}]}"#,
      [#"{"k":1,"a":null}"#, #"{"k":1,"b":null}"#],
      [#"{"k":1}"#, #"{"a":null}"#]
    ),
    Case(
      #"{"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"integer"}}}]}"#,
      [#"{"a":1}"#, #"{"a":1,"b":2}"#],
      [#"{"b":2}"#, "{}"]
    ),
    Case(
      #"{"allOf":[{"type":["integer","string"],"minimum":3},{"type":"number","minimum":5,"maximum":9}]}"#,
      ["5", "9"],
      ["4", "10", "5.5", #""a""#]
    ),
    Case(
      ##"{"$ref":"#/$defs/n","$defs":{"n":{"type":"integer"}}}"##,
      ["1"],
      ["true"]
    ),
    Case(
      ##"{"properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["v","next"]}"##,
      [#"{"v":1,"next":null}"#, #"{"v":1,"next":{"v":2,"next":null}}"#],
      [#"{"v":1,"next":1}"#, #"{"v":1}"#]
    ),
    Case(
      ##"{"$ref":"#/definitions/a~1b","minimum":2,"definitions":{"a/b":{"type":"integer","maximum":3}}}"##,
      ["2", "3"],
      ["1", "4"]
    ),
    Case(
      ##"{"type":"array","items":{"allOf":[{"$ref":"#/$defs/t"}],"description":"x"},"$defs":{"t":{"type":"object","properties":{"c":{"type":"array","items":{"$ref":"#/$defs/t"}}}}}}"##,
      ["[]", #"[{"c":[{},{"c":[]}]}]"#],
      [#"[{"c":[1]}]"#]
    ),
    Case(
      #"{"$schema":"x","title":"t","description":"d","default":1,"examples":[2],"type":"integer"}"#,
      ["3"],
      ["x"]
    ),
  ]

  @Test(arguments: cases)
  func `the texts of a schema are valid ones`(testCase: Case) throws {
    let grammar = try Grammar(jsonSchema: testCase.schema)
    for text in testCase.valid { #expect(try matches(text, grammar), "\(text)") }
    for text in testCase.invalid { #expect(try !matches(text, grammar), "\(text)") }
  }

  static let refusals: [(String, String)] = [
    (
      #"{"properties":{"a":{"not":{"minLength":1}}}}"#,
      #"the keyword "not" at /properties/a is not supported, but for types and beside "enum" and "const""#
    ),
    (#"{"if":{}}"#, #"the keyword "if" at the top is not supported"#),
    (
      #"{"type":"object","patternProperties":{"a":{},"b":{}}}"#,
      #"the keyword "patternProperties" at the top is supported with one pattern, and without "propertyNames""#
    ),
    (
      #"{"type":"number","multipleOf":0.3}"#,
      #"the keyword "multipleOf" at the top is supported for whole numbers and powers of ten such as 0.01"#
    ),
    (
      #"{"type":"object","minProperties":2}"#,
      #"the keyword "minProperties" at the top is 2, but at most 1 is supported there"#
    ),
    (
      #"{"properties":{"a":{"dependencies":{}}}}"#,
      #"the keyword "dependencies" at /properties/a is not supported; today's keywords are "dependentRequired""#
    ),
    (
      #"{"maxLenght":1}"#,
      #"the keyword "maxLenght" at the top is unknown: did you mean "maxLength"?"#
    ),
    (
      #"{"type":"array","uniqueItems":true}"#,
      #"the keyword "uniqueItems" at the top is not supported"#
    ),
    (#"{"items":{"contains":{}}}"#, #"the keyword "contains" at /items is not supported"#),
    (#"{"type":"any"}"#, #"the type "any" at the top is not a type of JSON Schema"#),
    (#"{"type":[]}"#, #""type" at the top is empty"#),
    (#"{"anyOf":[]}"#, #""anyOf" at the top is empty"#),
    (
      #"{"enum":[1],"type":"string"}"#,
      "the values at the top include none that is valid under the other keywords"
    ),
    (
      #"{"enum":[1],"minimum":2}"#,
      "the values at the top include none that is valid under the other keywords"
    ),
    (#"{"minLength":-1}"#, #""minLength" at the top must be a whole number of at least 0"#),
    (#"{"minLength":3,"maxLength":2}"#, #""maxLength" at the top is less than "minLength""#),
    (
      #"{"pattern":"^ab?$","minLength":3}"#,
      "the patterns and lengths at the top have no text that all of them allow"
    ),
    (
      #"{"pattern":"(?=a)"}"#,
      #"the pattern "(?=a)" at the top has a group with "(?" that is not supported; only "(?:" is"#
    ),
    (#"{"pattern":"(a"}"#, #"the pattern "(a" at the top ends too early"#),
    (
      #"{"pattern":"a)"}"#,
      #"the pattern "a)" at the top has a ")" at character 2 that is not supported"#
    ),
    (
      #"{"pattern":"\\bx"}"#,
      #"the pattern "\bx" at the top has the escape "\b", which is not supported"#
    ),
    (
      #"{"pattern":"x$y"}"#,
      #"the pattern "x$y" at the top has a "$" that is not at its end; that is not supported"#
    ),
    (#"{"pattern":"[a"}"#, #"the pattern "[a" at the top has a class that is not closed"#),
    (#"{"minimum":"x"}"#, #""minimum" at the top must be a number"#),
    (##"{"$ref":"#/$defs/x"}"##, ##"the "$ref" "#/$defs/x" at the top leads nowhere"##),
    (
      #"{"$ref":"http://x"}"#,
      ##"the "$ref" "http://x" at the top is not supported: it must begin with "#""##
    ),
    (##"{"$ref":"#"}"##, ##"the "$ref" at the top refers to itself without end"##),
    (##"{"$ref":"#/$defs/%zz"}"##, ##"the "$ref" "#/$defs/%zz" at the top has a "%" without two"##),
    (
      ##"{"$ref":"#/$defs/a~2"}"##,
      ##"the "$ref" "#/$defs/a~2" at the top has a "~" without 0 or 1"##
    ),
    (
      #"{"allOf":[{"properties":{"a":{}},"additionalProperties":false},{"required":["b"]}]}"#,
      #""required" at /allOf/1 has the member "b", which is not allowed: the schema at /allOf/0/additionalProperties is false"#
    ),
    (
      #"{"type":"object","properties":{"a":{}},"required":["a","b"],"additionalProperties":false}"#,
      #""required" at the top has the member "b", which is not allowed: the schema at /additionalProperties is false"#
    ),
    (
      #"{"type":"object","required":["b"],"propertyNames":{"pattern":"^a"}}"#,
      #""required" at the top has the member "b", which "propertyNames" does not allow"#
    ),
    (
      ##"{"properties":{"a":{"$ref":"#"}},"required":["a"]}"##,
      "it allows no text: every text would have to continue for ever"
    ),
    ("false", "the schema at the top is false, so that no value is valid"),
    (
      #"{"type":"integer","minimum":2,"maximum":1}"#,
      "the limits at the top leave no number between them"
    ),
    ("1", "the schema at the top must be an object, true or false"),
    (#"{"properties":1}"#, #""properties" at the top must be an object"#),
    (#"{"required":[1]}"#, #""required" at the top must be an array of strings"#),
    (#"{"type""#, "it is not JSON: it ends too early"),
    ("{\"type\":1,\"type\":2}", "it is not JSON: the name at offset 10 is a duplicate"),
    (
      String(repeating: "[", count: 1_000),
      "it is not JSON: it is nested more than 128 levels deep"
    ),
    (
      "\"" + String(repeating: "x", count: 200_000),
      "it has 200001 bytes, but at most 131072 are allowed"
    ),
  ]

  @Test(arguments: refusals)
  func `what is not supported is refused by name`(schema: String, message: String) {
    let error = #expect(throws: SchemaError.self) { try Grammar(jsonSchema: schema) }
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
  }

  /// Each level refers to the next one twice: written out they are more than can be counted.
  @Test(arguments: [
    ##"{"properties":{"a":{"$ref":"#/$defs/N","minLength":1},"b":{"$ref":"#/$defs/N","minLength":1}}}"##,
    ##"{"allOf":[{"$ref":"#/$defs/N"},{"$ref":"#/$defs/N"}]}"##,
    ##"{"items":{"$ref":"#/$defs/N"},"prefixItems":[{"$ref":"#/$defs/N"}]}"##,
    ##"{"anyOf":[{"$ref":"#/$defs/N"},{"$ref":"#/$defs/N"},{"type":"null"}]}"##,
  ])
  func `schemas that refer to each other more than once are compiled once`(level: String) throws {
    let levels = (0 ..< 50).map { "\"\($0)\":" + level.replacing("N", with: "\($0 + 1)") }
    let schema =
      ##"{"$ref":"#/$defs/0","minLength":1,"$defs":{"##
      + levels.joined(separator: ",") + ##","50":{}}}"##
    #expect(try Grammar(jsonSchema: schema).compilationWork < 20 * schema.utf8.count)
  }
}
