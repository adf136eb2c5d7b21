import Identifiers
import TestTexts
import Testing

@Suite
struct IdentifierTests {
  @Test(arguments: CanonicallyEqual.pairs)
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

  @Test func `identifiers that are hashed one after the other stay apart`() {
    #expect(Set<[Identifier]>([["a", "b"], ["ab", ""], ["", "ab"]]).count == 3)
  }

  @Test func `only the letters A to Z have a lower case`() {
    let names: [Identifier] = ["Content-TYPE", "\u{212A}id", "\u{C9}", "az"]
    #expect(names.map(\.lowercasedASCII) == ["content-type", "\u{212A}id", "\u{C9}", "az"])
  }

  @Test
  func `identifiers are in the order of their bytes`() {
    let names: [Identifier] = ["b", "", "\u{E9}", "a", "ab"]
    #expect(names.sorted() == ["", "a", "ab", "b", "\u{E9}"])
  }
}
