import Testing

@testable import tokenwire

@Suite struct ControlEscapingTests {
  @Test func `each scalar that acts on terminals is shown, and no other is changed`() {
    let acting: [ClosedRange<UInt32>] = [
      0x00 ... 0x08, 0x0B ... 0x1F, 0x7F ... 0x9F, 0x061C ... 0x061C, 0x200E ... 0x200F,
      0x2028 ... 0x202E, 0x2066 ... 0x2069,
    ]
    for value in UInt32(0) ... 0x2FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = "a\(scalar)b"
      let shown = text.escapedForTerminal
      let isActing = acting.contains { $0 ~= value }
      #expect((Array(shown.utf8) == Array(text.utf8)) == !isActing, "U+\(String(value, radix: 16))")
      if isActing { #expect(shown.hasPrefix(#"a\"#) && shown.allSatisfy(\.isASCII)) }
    }
  }

  @Test(arguments: [
    ("\u{1B}[2J", #"\u{1B}[2J"#), ("a\r\nb\tc", "a\\r\nb\tc"), ("\u{9B}", #"\u{009B}"#),
    ("\u{202E}", #"\u{202E}"#), ("\0", #"\0"#), ("é🎌", "é🎌"),
  ])
  func `text is shown`(text: String, shown: String) {
    #expect(Array(text.escapedForTerminal.utf8) == Array(shown.utf8))
  }

  @Test func `JSON stays JSON`() {
    var escaping = ControlEscaping()
    let shown = escaping.escape("\"\u{9B}\u{202E}\u{7F}\"\n".utf8, .json)
    #expect(String(decoding: shown, as: UTF8.self) == #""\u009b\u202e\u007f""# + "\n")
  }

  @Test(
    arguments: [
      ([0xFF], #"\xff"#), ([0x9B, 0x41], #"\x9bA"#), ([0xC2, 0x41], #"\xc2A"#),
      ([0xE2, 0x80, 0x41], #"\xe2\x80A"#), ([0xC0, 0x9B], #"\xc0\x9b"#),
      ([0xED, 0xA0, 0x80], #"\xed\xa0\x80"#), ([0xF4, 0x90, 0x80, 0x80], #"\xf4\x90\x80\x80"#),
    ] as [([UInt8], String)]
  )
  func `bytes that are no text are shown`(bytes: [UInt8], shown: String) {
    var escaping = ControlEscaping()
    let text = escaping.escape(bytes) + escaping.finish()
    #expect(String(decoding: text, as: UTF8.self) == shown)
  }

  @Test func `wherever a text is cut, the same is shown`() {
    let bytes = Array("a\u{1B}[2J\u{9B}\u{202E}é\u{2028}🎌".utf8) + [0xE2, 0x80]
    var whole = ControlEscaping()
    let expected = whole.escape(bytes) + whole.finish()
    for first in bytes.indices {
      for second in first ... bytes.count {
        var escaping = ControlEscaping()
        var shown: [UInt8] = []
        for range in [0 ..< first, first ..< second, second ..< bytes.count] {
          shown += escaping.escape(bytes[range])
        }
        #expect(shown + escaping.finish() == expected)
      }
    }
  }

  @Test(arguments: [
    ("alice", "alice"), ("", #""""#), ("a b", #""a b""#), ("a\"b", #""a\"b""#),
    ("a\nb", #""a\nb""#), ("a\u{2028}b", #""a\u{2028}b""#), ("josé", "josé"),
  ])
  func `a name is in quotes where it could be taken for more`(name: String, shown: String) {
    #expect(name.asName == shown)
  }
}
