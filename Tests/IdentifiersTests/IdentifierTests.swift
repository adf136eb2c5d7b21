import Identifiers
import Testing

@Suite
struct IdentifierTests {
  /// Texts that Swift's `String` takes for the same: by composition, by a singleton, by the order of
  /// marks, and of Hangul.
  static let pairs = [
    ("Jos\u{E9}", "Jose\u{301}"), ("\u{212B}", "\u{C5}"), ("q\u{307}\u{323}", "q\u{323}\u{307}"),
    ("\u{AC00}", "\u{1100}\u{1161}"),
  ]

  @Test(arguments: Self.pairs)
  func `canonically equal texts are different identifiers`(_ first: String, _ second: String) {
    #expect(first == second)
    #expect(Identifier(first) != Identifier(second))
    #expect(Set([Identifier(first), Identifier(second)]).count == 2)
    #expect(Identifier(first) < Identifier(second) || Identifier(second) < Identifier(first))
  }

  @Test(arguments: ["", "alice", "Jos\u{E9}"])
  func `a text is the same identifier whatever it was cut out of`(_ text: String) {
    let cut = "<\(text)>".dropFirst().dropLast()
    #expect(Identifier(cut) == Identifier(text))
    #expect(Identifier(cut).hashValue == Identifier(text).hashValue)
    #expect(Identifier(cut).description == text)
  }

  @Test
  func `identifiers are in the order of their bytes`() {
    let names: [Identifier] = ["b", "", "\u{E9}", "a", "ab"]
    #expect(names.sorted() == ["", "a", "ab", "b", "\u{E9}"])
  }
}
