import Testing

@testable import UpstreamGeneration

@Suite struct ObjectScanTests {
  @Test(
    arguments: [
      "{}", #"{"a":1}"#, #" { "a" : "}" } "#, #"{"a":"\""}"#, #"{"a":"\\"}"#,
      #"{"a":[{"b":{}},[]]}"#,
      "{\"a\":\"\u{1F600}{\"}\n",
    ]
  )
  func `an object ends at its end, wherever it is cut`(text: String) throws {
    let bytes = Array(text.utf8)
    let end = try #require(bytes.lastIndex(of: UInt8(ascii: "}")))
    var scan = ObjectScan()
    for (index, scalar) in zip(text.unicodeScalars.indices, text.unicodeScalars) {
      let place = text.utf8.distance(from: text.startIndex, to: index)
      scan.append(String(scalar))
      #expect(scan.isAtEnd == (place >= end), "\(place) of \(text)")
    }
    var whole = ObjectScan()
    whole.append(text)
    #expect(whole.isAtEnd)
  }

  @Test(arguments: ["", "[]", "x{}", "{}x", "{}{}", "{\"a\":1", #"{"a":"}"#, #"{"a":"\"}"#])
  func `what is no whole object alone has no end`(text: String) {
    var scan = ObjectScan()
    scan.append(text)
    #expect(!scan.isAtEnd)
  }
}
