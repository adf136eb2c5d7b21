import JSON
import TestTexts
import Testing

@Suite struct Base64Tests {
  /// RFC 4648 section 10, and bytes whose text is another in base64url.
  @Test(
    arguments: [
      ([], ""), (Array("f".utf8), "Zg=="), (Array("fo".utf8), "Zm8="), (Array("foo".utf8), "Zm9v"),
      (Array("foob".utf8), "Zm9vYg=="), ([0xFB, 0xFF], "+/8="), ([0xFF, 0xFF, 0xFF], "////"),
    ] as [([UInt8], String)]
  )
  func `bytes are written with padding, and read in four forms`(bytes: [UInt8], text: String) {
    var written: [UInt8] = []
    Base64.encode(bytes.span, to: &written)
    #expect(written == Array(text.utf8))
    let url = text.replacing("+", with: "-").replacing("/", with: "_")
    for form in [text, url] {
      #expect(Base64.decode(form) == bytes)
      #expect(Base64.decode(form.replacing("=", with: "")) == bytes)
    }
  }

  @Test(arguments: [
    "A", "=", "==", "A===", "AA=", "AAA==", "AAAA=", "AAAA====", "AA==A", "A=A=", "AA\n", "A A",
    "AB",
    "AAB", "Ä", "AA=\u{0}",
  ])
  func `what is not base64 is refused`(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
