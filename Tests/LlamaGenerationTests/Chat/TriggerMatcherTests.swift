import Testing

@testable import LlamaGeneration

@Suite struct TriggerMatcherTests {
  private func found(_ pieces: [String], _ triggers: Trigger...) -> String? {
    var matcher = TriggerMatcher(triggers)
    for piece in pieces {
      if let text = matcher.append(Array(piece.utf8)) {
        return String(decoding: text, as: UTF8.self)
      }
    }
    return nil
  }

  private static func text(_ text: String) -> Trigger { .text(Array(text.utf8)) }

  @Test func `a trigger is found across pieces`() {
    #expect(self.found(["a<", "call", ">x"], Self.text("<call>")) == "<call>x")
    #expect(self.found(["a<cal", "x>"], Self.text("<call>")) == nil)
    #expect(self.found(["ab"], Self.text("b"), Self.text("ab")) == "ab", "the first one counts")
  }

  @Test func `a trigger is found after a long text`() {
    let long = Array(repeating: "0123456789", count: 1000)
    #expect(self.found(long + ["<ca", "ll>"], Self.text("<call>")) == "<call>")
    #expect(self.found(long + ["x to=f"], .pattern(#"x(\s+to)"#)) == " to=f")
  }

  @Test func `a pattern may be bound to the beginning, and to the end so far`() {
    #expect(self.found([" ", "to", "=f"], .pattern(#"^\s+to$"#)) == " to")
    #expect(self.found(["a", " to"], .pattern(#"^\s+to$"#)) == nil)
    let long = Array(repeating: "0123456789", count: 100)
    #expect(self.found(long + [" to"], .pattern(#"^\s+to$"#)) == nil)
    #expect(self.found(long.map { " " + $0 } + [" to"], .pattern(#"^\d"#)) == nil)
  }
}
