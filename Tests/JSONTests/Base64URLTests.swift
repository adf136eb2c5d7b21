import JSON
import TestTexts
import Testing

@Suite struct Base64URLTests {
  /// RFC 4648 section 10, without padding, and RFC 7515 appendix C.
  @Test(
    arguments: [
      ([], ""),
      (Array("f".utf8), "Zg"),
      (Array("fo".utf8), "Zm8"),
      (Array("foo".utf8), "Zm9v"),
      (Array("foob".utf8), "Zm9vYg"),
      (Array("fooba".utf8), "Zm9vYmE"),
      (Array("foobar".utf8), "Zm9vYmFy"),
      ([3, 236, 255, 224, 193], "A-z_4ME"),
    ] as [([UInt8], String)]
  )
  func `known texts`(bytes: [UInt8], text: String) {
    #expect(Base64URL.encode(bytes) == text)
    #expect(Base64URL.decode(text) == bytes)
  }

  @Test func `all bytes in all positions round trip`() {
    for count in 0 ... 7 {
      for byte in UInt8.min ... .max {
        let bytes = [UInt8](repeating: byte, count: count)
        #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
      }
    }
  }

  @Test(arguments: [
    "Zg==", "Zg=", "Zm8=", "Zm 8", " Zm8", "Zm8\n", "Zm9v\r\n", "Zm+8", "Zm/8", "Zm.8", "Zm8\u{0}",
    "Zmä",
  ])
  func `padding, white space and other alphabets are refused`(text: String) {
    #expect(Base64URL.decode(text) == nil)
  }

  @Test(arguments: ["A", "Zm9vY", "Zm9vYmFyA"])
  func `lengths that encode nothing are refused`(text: String) {
    #expect(Base64URL.decode(text) == nil)
  }

  @Test func `bits that encode nothing are zero`() {
    // Of the last character, four or two bits count for nothing.
    #expect("QRSTUVWXYZabcdef".allSatisfy { ($0 == "Q") == (Base64URL.decode("Z\($0)") != nil) })
    #expect(Base64URL.decode("Zm8") != nil)
    for last in "9-_" { #expect(Base64URL.decode("Zm\(last)") == nil) }
  }
}
