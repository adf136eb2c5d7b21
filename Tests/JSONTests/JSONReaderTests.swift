import TestTexts
import Testing

@testable import JSON

@Suite struct JSONReaderTests {
  /// RFC 8259 sections 2 to 7.
  @Test(arguments: [
    "{}", "[]", "\"\"", "0", "-0", "-0.5e+10", "1E5", "1e-5", "true", "false", "null",
    " \t\r\n[ \t\r\n1 \t\r\n, \t\r\n{ \"a\" : [ ] } ] \t\r\n", "[[[[1],2],3],4]",
    #"{"":""}"#, #"{"a":{"a":1},"b":{"a":1}}"#, #"[{"a":1},{"a":1}]"#, #""\u0000""#,
    #""\ud83c\udf8c""#, "\"\u{7F}\u{2028}\"",
  ])
  func `what is JSON is read`(text: String) throws {
    try skip(text)
  }

  @Test(arguments: [
    "", " ", "{", "[", "\"", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "[1", "[1,", "\"\\",
    "\"\\\"", "-", "1.", "1e", "1e+", "tru", "nul",
  ])
  func `what ends too early is refused`(text: String) {
    #expect(throws: JSONError.unexpectedEnd) { try skip(text) }
  }

  @Test(arguments: [
    ("{} {}", 3), ("{}x", 2), ("[]]", 2), ("1 2", 2), ("\u{FEFF}{}", 0), ("{,}", 1), ("[,]", 1),
    ("[1,]", 3), ("{\"a\":1,}", 7), ("[1 2]", 3), ("{\"a\" 1}", 5), ("{\"a\":1 \"b\":2}", 7),
    ("{\"a\"::1}", 5), ("[1}", 2), ("{\"a\":1]", 6), ("01", 1), ("-01", 2), ("+1", 0), (".5", 0),
    ("1.e5", 2), ("1.5.5", 3), ("0x10", 1), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1),
    ("'a'", 0), ("True", 0), ("truE", 3), ("nulls", 4), ("/**/1", 0), ("\"\t\"", 1),
    ("\"\n\"", 1), ("\"a\u{0}\"", 2), ("\"\\x\"", 2), ("\"\\u12\"", 5), ("\"\\u12G4\"", 5),
    ("\"\\\u{1}\"", 2), ("{1:2}", 1), ("{a:2}", 1),
  ])
  func `what is not JSON is refused where it begins`(text: String, offset: Int) {
    let error = #expect(throws: JSONError.self) { try skip(text) }
    // Where another type of value stands than a name.
    #expect(error == .unexpectedByte(at: offset) || error == .wrongType(at: offset))
  }

  @Test(arguments: [
    (#""plain""#, "plain"),
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#""\u0041\u00e4\u65E5""#, "Aä日"),
    (#""\uD83C\uDF8C!""#, "🎌!"),
    (#""\u0000""#, "\u{0}"),
    ("\"ä日🎌\"", "ä日🎌"),
    (#""\\u0041""#, "\\u0041"),
  ])
  func `strings`(text: String, value: String) throws {
    var reader = JSONReader(Array(text.utf8))
    #expect(try reader.string() == value)
    try reader.end()
  }

  @Test(arguments: [
    #""\ud83c""#, #""\ud83cx""#, #""\ud83c\n""#, #""\ud83cA""#, #""\udf8c""#,
    #""\ud83c\ud83c""#,
  ])
  func `half a surrogate pair is refused`(text: String) {
    let error = #expect(throws: JSONError.self) { try skip(text) }
    guard case .invalidText = error else {
      Issue.record("\(text): \(String(describing: error))")
      return
    }
  }

  /// A stray byte, an overlong form, a surrogate, a code after the last, and half a character.
  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE6, 0x97],
    ] as [[UInt8]]
  )
  func `what is not UTF-8 is refused`(bytes: [UInt8]) {
    for text in [[0x22] + bytes + [0x22], Array("{\"".utf8) + bytes + Array("\":1}".utf8)] {
      let error = #expect(throws: JSONError.self) { try skip(text) }
      #expect(error == .invalidText(at: text.count == bytes.count + 2 ? 0 : 1))
    }
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("1.5", 1.5), ("-1.5", -1.5), ("1e3", 1000),
      ("1.5E-2", 0.015), ("1800000000", 1_800_000_000), ("1800000000.123456", 1_800_000_000.123456),
      ("1800000000.1234567", 1_800_000_000.1234567), ("9007199254740993", 9_007_199_254_740_992),
      ("0.1", 0.1), ("0.000000001", 1e-9), ("0.0000000001", 1e-10),
      ("123456789012345678901234567890", 1.2345678901234568e29),
      ("1e308", 1e308), ("1e-400", 0),
    ] as [(String, Double)]
  )
  func `numbers`(text: String, value: Double) throws {
    var reader = JSONReader(Array(text.utf8))
    #expect(try reader.number() == value)
    try reader.end()
  }

  @Test func `numbers are the nearest that there are`() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0 ..< 2000 {
      let digits = String(UInt64.random(in: 0 ... .max, using: &generator)).dropFirst(
        Int.random(in: 0 ..< 18, using: &generator)
      )
      let whole = Int.random(in: 0 ... 2_000_000_000, using: &generator)
      let text = "\(whole).\(digits)"
      var reader = JSONReader(Array(text.utf8))
      #expect(try reader.number() == Double(text))
    }
  }

  @Test func `numbers that JSON does not have are read as mistakes alone`() throws {
    let text = "[Infinity, -Infinity, -1e999, NaN, {\"a\": [NaN, -Infinity]}, 1]"
    let limits = JSONLimits(depth: 8, members: 8, takesMistakes: true)
    var reader = JSONReader(Array(text.utf8), limits: limits)
    let largest = Double.greatestFiniteMagnitude
    try reader.beginArray()
    for number in [largest, -largest, -largest] {
      #expect(try reader.nextElement())
      #expect(try reader.nextType() == .number)
      #expect(try reader.number() == number)
    }
    #expect(try reader.nextElement())
    #expect(try reader.nextType() == .null)
    try reader.skip()
    #expect(try reader.nextElement())
    try reader.skip()
    #expect(try reader.nextElement())
    #expect(try reader.number() == 1)
    #expect(try !reader.nextElement())
    try reader.end()
    for number in ["Infinity", "-Infinity", "NaN"] {
      #expect(throws: JSONError.self) {
        var strict = JSONReader(Array(number.utf8))
        try strict.skip()
      }
    }
    for number in ["Inf", "-I", "Na", "Infinity1"] {
      #expect(throws: JSONError.self) {
        var reader = JSONReader(Array(number.utf8), limits: limits)
        try reader.skip()
        try reader.end()
      }
    }
  }

  @Test(arguments: ["1e309", "-1e309", "1e999999999999"])
  func `numbers that are too large are refused`(text: String) {
    #expect(throws: JSONError.numberTooLarge(at: 0)) { try skip(text) }
  }

  @Test(arguments: [
    (#"{"a":1,"a":1}"#, 7), (#"{"a":1,"b":2,"a":3}"#, 13), (#"{"":1,"":1}"#, 6),
    (#"{"a":1,"\u0061":1}"#, 7), (#"{"x":{"a":1,"a":1}}"#, 12), (#"[[{"a":1,"a":1}]]"#, 9),
    (#"{"a":{},"a":{}}"#, 8), (#"{"x":{"y":1},"z":{"q":[{"y":1,"y":2}]}}"#, 30),
    ("{\"\u{E9}\":1,\"\\u00e9\":1}", 8),
  ])
  func `a name that is there twice is refused, however deep and however written`(
    text: String,
    offset: Int
  ) {
    #expect(throws: JSONError.duplicateName(at: offset)) { try skip(text) }
  }

  @Test func `names that only look the same are two`() throws {
    try skip("{\"\u{E9}\":1,\"e\u{301}\":1}")
    try skip(#"{"a":1,"A":1,"a ":1}"#)
  }

  @Test func `depth has a limit`() throws {
    let limit = JSONLimits.token.depth
    try skip(String(repeating: "[", count: limit) + String(repeating: "]", count: limit))
    #expect(throws: JSONError.tooDeep(limit: limit)) {
      try skip(String(repeating: "[", count: limit + 1))
    }
    #expect(throws: JSONError.tooDeep(limit: limit)) {
      try skip(String(repeating: "{\"a\":", count: limit + 1))
    }
    #expect(throws: JSONError.tooDeep(limit: limit)) {
      try skip(String(repeating: "[", count: 1_000_000))
    }
  }

  @Test func `the number of members has a limit`() throws {
    func object(_ count: Int) -> String {
      "{" + (0 ..< count).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
    }
    let limit = JSONLimits.token.members
    try skip("[\(object(limit)),\(object(limit))]")
    #expect(throws: JSONError.tooManyMembers(limit: limit)) { try skip(object(limit + 1)) }
  }

  @Test func `a value of another type is told from what is no value`() {
    for text in ["1", "[]", "{}", "true", "null"] {
      var reader = JSONReader(Array(text.utf8))
      #expect(throws: JSONError.wrongType(at: 0)) { try reader.string() }
    }
    for text in ["\"1\"", "[]", "{}", "true", "null"] {
      var reader = JSONReader(Array(text.utf8))
      #expect(throws: JSONError.wrongType(at: 0)) { try reader.number() }
    }
    var reader = JSONReader(Array("x".utf8))
    #expect(throws: JSONError.unexpectedByte(at: 0)) { try reader.string() }
  }

  @Test func `random bytes are no reason to stop`() {
    var generator = SeededGenerator(seed: 2)
    let bytes = Array("{}[]\",:\\u0123.eE+-tfn \u{0}äX".utf8)
    for _ in 0 ..< 5000 {
      let count = Int.random(in: 0 ..< 24, using: &generator)
      let text = (0 ..< count).map { _ in bytes.randomElement(using: &generator) ?? 0 }
      _ = try? skip(text)
    }
  }

  private func skip(_ text: String) throws(JSONError) {
    try self.skip(Array(text.utf8))
  }

  private func skip(_ bytes: [UInt8]) throws(JSONError) {
    var reader = JSONReader(bytes)
    try reader.skip()
    try reader.end()
  }
}
