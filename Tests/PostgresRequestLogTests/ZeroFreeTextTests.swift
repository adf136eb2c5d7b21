import Identifiers
import Testing

@testable import PostgresRequestLog

@Suite struct ZeroFreeTextTests {
  @Test(arguments: [
    "", "a", "\u{0}", "\u{1}", "\u{0}0", "\u{1}0", "\u{1}1", "0\u{1}\u{0}1\u{1}", "é\u{0}🎌",
    "\u{1}\u{1}",
  ])
  func `a text is what it was, and has no U+0000 between`(text: String) {
    let stored = ZeroFreeText.encoded(text)
    #expect(!stored.utf8.contains(0))
    #expect(Identifier(ZeroFreeText.decoded(stored)) == Identifier(text))
  }

  @Test func `different texts are stored differently`() {
    let parts = ["", "\u{0}", "\u{1}", "0", "1", "a"]
    var stored: [Identifier: Identifier] = [:]
    for text in parts.flatMap({ one in parts.flatMap { two in parts.map { one + two + $0 } } }) {
      let text = Identifier(text)
      let key = Identifier(ZeroFreeText.encoded(text.text))
      #expect(stored[key] ?? text == text)
      stored[key] = text
    }
  }

  @Test func `what is not written by this is read as it is`() {
    #expect(Identifier(ZeroFreeText.decoded("a\u{1}b")) == "a\u{1}b")
    #expect(Identifier(ZeroFreeText.decoded("a\u{1}")) == "a\u{1}")
  }
}
