import Generation
import Testing

@Suite struct TextAssemblerTests {
  static let texts = [
    "plain", "für", "日本語のテキスト", "👩‍👩‍👧‍👦 family", "🇯🇵🎌", "a\u{0}b", "e\u{301}", "\u{10FFFF}",
  ]

  @Test(arguments: texts, [1, 2, 3, 5])
  func `pieces joined are the text, wherever it is cut`(text: String, size: Int) {
    let pieces = pieces(Array(text.utf8), size: size)
    #expect(pieces.joined() == text)
    #expect(!pieces.joined().contains("\u{FFFD}"))
  }

  @Test(
    arguments: [
      [0xFF], [0x80], [0xC2], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC0, 0xAF], [0xED, 0xA0, 0x80],
      [0x61, 0xE2, 0x28, 0xA1, 0x62], [0xF4, 0x90, 0x80, 0x80], [0xE0, 0x80, 0x80],
    ] as [[UInt8]]
  )
  func `what is no character becomes what decoding all at once gives`(bytes: [UInt8]) {
    for size in 1 ... bytes.count {
      #expect(pieces(bytes, size: size).joined() == String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func `the first bytes of a character wait for its last`() {
    var assembler = TextAssembler()
    #expect(assembler.append([0x61, 0xF0, 0x9F]) == "a")
    #expect(assembler.append([0x98]) == "")
    #expect(assembler.append([0x80, 0x62]) == "😀b")
    #expect(assembler.finish() == "")
  }

  @Test func `it tells whether a text ends within a character`() {
    var assembler = TextAssembler()
    #expect(assembler.isBetweenCharacters)
    for (index, byte) in Array("ü€🎌".utf8).dropLast().enumerated() {
      _ = assembler.append([byte])
      #expect(assembler.isBetweenCharacters == [1, 4].contains(index))
    }
  }

  private func pieces(_ bytes: [UInt8], size: Int) -> [String] {
    var assembler = TextAssembler()
    var pieces = stride(from: 0, to: bytes.count, by: size).map {
      assembler.append(bytes[$0 ..< min($0 + size, bytes.count)])
    }
    pieces.append(assembler.finish())
    return pieces
  }
}
