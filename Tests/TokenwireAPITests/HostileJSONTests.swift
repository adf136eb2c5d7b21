import Identifiers
import NIOCore
import Protobuf
import TestTexts
import Testing
import TokenwireAPI

/// JSON of strangers is an error or a message, and soon.
@Suite struct HostileJSONTests {
  @Test(arguments: [
    (#"{"a":"#, "}"), ("[", "]"), (#"{"messages":"#, "}"), (#"{"stop":["#, "]}"),
  ])
  func `nesting has an end`(open: String, close: String) {
    for depth in [17, 1000, 1_000_000] {
      let text = String(repeating: open, count: depth) + String(repeating: close, count: depth)
      #expect(throws: MessageError.self) { try GenerateRequest(json: Array(text.utf8)) }
    }
    // Where another value is wanted, it is skipped.
    let text = #"{"model":\#(String(repeating: "[", count: 100_000))"#
    #expect(
      throws: MessageError("the JSON cannot be read: it is nested more than 16 levels deep")
    ) { try GenerateRequest(json: Array(text.utf8)) }
  }

  @Test(arguments: [
    "1e400", "-1e400", "1e99999999999999999999", "1e-99999999999999999999",
    "-1e-99999999999999999999", "0e99999999999999999999", "1e9223372036854775807",
    "1e-9223372036854775808", "0.1e1000000000", "NaN", "Infinity", "-Infinity", "0x10", "+1", "01",
    ".5", "1.", "1e", "- 1", "1_000", "１",
  ])
  func `numbers that are none, or too large, are refused`(number: String) {
    for json in [number, "\"\(number)\""] {
      #expect(throws: MessageError.self) {
        try GenerateRequest(json: Array("{\"max_tokens\":\(json)}".utf8))
      }
      #expect(throws: MessageError.self) {
        try GenerateRequest(json: Array("{\"timeout_nano\":\(json)}".utf8))
      }
    }
  }

  @Test(
    arguments: [
      ("1e2", 100), ("\"1e2\"", 100), ("1.50e1", 15), ("150e-1", 15), ("-0", 0), ("0.000", 0),
      ("0e5", 0), ("-1.0E+1", -10), ("9223372036854775807", .max),
      ("\"9223372036854775807\"", .max),
      ("-9223372036854775808", .min), ("9223372036854775807.000", .max),
      ("92233720368547758070e-1", .max), ("9007199254740993", 9_007_199_254_740_993),
      ("0.0000000000000000000000001e26", 10), ("000", nil), ("9223372036854775808", nil),
      ("1e19", nil), ("10000000000000000000000000e-25", 1), ("1e-1", nil), ("15e-1", nil),
    ] as [(String, Int64?)]
  )
  func `integers are exact`(number: String, value: Int64?) {
    let request = try? GenerateRequest(json: Array("{\"timeout_nano\":\(number)}".utf8))
    #expect(request?.timeoutNano == value)
  }

  @Test func `integers that a double does not hold are strings`() {
    let below: Int64 = 1 << 53 - 1
    for (number, json) in [
      (below, "9007199254740991"), (below + 1, "\"9007199254740992\""),
      (-below, "-9007199254740991"),
      (.min, "\"-9223372036854775808\""),
    ] {
      #expect(GenerateRequest(timeoutNano: number).json() == "{\"timeout_nano\":\(json)}")
    }
    #expect(Model(parameters: .max).json() == #"{"parameters":"18446744073709551615"}"#)
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80],
    ] as [[UInt8]]
  )
  func `what is not UTF-8 is refused everywhere`(bytes: [UInt8]) {
    for (before, after) in [
      (#"{"model":""#, #""}"#), (#"{""#, #"":1}"#), (#"{"metadata":{"a":""#, #""}}"#),
      (#"{"metadata":{""#, #"":"a"}}"#), (#"{"stop":[""#, #""]}"#), (#"{"max_tokens":""#, #""}"#),
      ("", "{}"), ("{}", ""),
    ] {
      #expect(throws: MessageError.self) {
        try GenerateRequest(json: Array(before.utf8) + bytes + Array(after.utf8))
      }
    }
  }

  @Test(arguments: [#"\ud800"#, #"\udc00"#, #"\ud800\ud800"#, #"\ud83cx"#, #"\udf8c\ud83c"#])
  func `half a surrogate pair is refused`(text: String) {
    for json in [#"{"model":"\#(text)"}"#, #"{"metadata":{"\#(text)":""}}"#] {
      #expect(throws: MessageError.self) { try GenerateRequest(json: Array(json.utf8)) }
    }
  }

  @Test func `long texts and arrays are read`() throws {
    let text = String(repeating: "é\n\"x", count: 200_000)
    let request = GenerateRequest(model: "m", input: .prompt(text), stop: [text])
    let read = try GenerateRequest(json: Array(request.json().utf8))
    #expect(read == request)
    let ids = GenerateRequest(input: .promptTokenIDs(TokenIDs(ids: Array(0 ..< 200_000))))
    #expect(try GenerateRequest(json: Array(ids.json().utf8)) == ids)
    let digits = String(repeating: "1", count: 1 << 20)
    for number in [digits, "\"\(digits)\"", "0.\(digits)", "\"1e-\(digits)\""] {
      #expect(throws: MessageError.self) {
        try GenerateRequest(json: Array("{\"max_tokens\":\(number)}".utf8))
      }
    }
    var metadata = GenerateRequest()
    for number in 0 ..< 20_000 { metadata.metadata["\(number)"] = "" }
    #expect(try GenerateRequest(json: Array(metadata.json().utf8)) == metadata)
  }

  @Test func `JSON that was changed somewhere is read or refused`() throws {
    var generator = SeededGenerator(seed: 5)
    let bytes = Array("{}[]\",:\\u0123.eE+-tfn \u{0}äX".utf8)
    for _ in 0 ..< 3000 {
      let message = try GenerateRequest.random(using: &generator)
      var text = Array(message.json(JSONStyle(printsDefaults: true)).utf8)
      for _ in 0 ..< Int.random(in: 1 ... 3, using: &generator) {
        let place = Int.random(in: 0 ..< text.count, using: &generator)
        switch Int.random(in: 0 ..< 3, using: &generator) {
        case 0: text[place] = bytes.randomElement(using: &generator) ?? 0
        case 1: text.insert(bytes.randomElement(using: &generator) ?? 0, at: place)
        default: text.removeSubrange(place ..< min(text.count, place + 5))
        }
        if text.isEmpty { break }
      }
      guard let read = try? GenerateRequest(json: text) else { continue }
      #expect(try GenerateRequest(json: Array(read.json().utf8)).serialized == read.serialized)
    }
  }
}
