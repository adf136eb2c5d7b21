import Testing

@testable import LlamaGeneration

@Suite struct PrivateScalarsTests {
  @Test(
    arguments: [
      ("", []), ("\u{10FFFD}", [0x10_FFFD]), ("a\u{F0000}b\u{10FFFC}", [0xF_0000, 0x10_FFFC]),
      (#"\udbff\udffd"#, [0x10_FFFD]), (#"\uDBFF\uDFFD"#, [0x10_FFFD]),
      (#"x\udb80\udc00"#, [0xF_0000]),
      (#"\udbff"#, []), (#"\udbff\u"#, []), (#"\udbff\u0041"#, []), (#"\ud83d\ude00"#, []),
      ("\u{EFFFF}\u{1F600}", []), (#"\"#, []),
    ] as [(String, [UInt32])]
  )
  func `those of a text are found, as they are or escaped`(text: String, expected: [UInt32]) {
    let scalars = PrivateScalars(in: Array(text.utf8))
    #expect((0xF_0000 ... 0x10_FFFF).filter { scalars.contains($0) } == expected.sorted())
  }

  @Test(arguments: [[0xF4], [0xF4, 0x8F, 0xBF], [0xF3, 0x80, 0x80, 0x80]] as [[UInt8]])
  func `what is no UTF-8 is passed over`(bytes: [UInt8]) {
    let scalars = PrivateScalars(in: bytes)
    #expect(!(0xF_0000 ... 0x10_FFFF).contains { scalars.contains($0) })
  }
}
