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

  @Test(arguments: [nil, 0xF_0000, 0xF_FFFF, 0x10_FFFD] as [UInt32?])
  func `the one that a text leaves out is free, and none when it has all`(leftOut: UInt32?) {
    let scalars = (0xF_0000 ... 0x10_FFFD as ClosedRange<UInt32>).filter { $0 != leftOut }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars.compactMap(Unicode.Scalar.init))
    // One below them does not stand in.
    #expect(PrivateScalars(in: Array(String(text).utf8)).highestFree == leftOut)
  }

  @Test(arguments: [[0xF4], [0xF4, 0x8F, 0xBF], [0xF3, 0x80, 0x80, 0x80]] as [[UInt8]])
  func `what is no UTF-8 is passed over`(bytes: [UInt8]) {
    let scalars = PrivateScalars(in: bytes)
    #expect(!(0xF_0000 ... 0x10_FFFF).contains { scalars.contains($0) })
  }
}
