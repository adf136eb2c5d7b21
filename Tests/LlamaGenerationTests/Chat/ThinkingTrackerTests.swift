import Testing

@testable import LlamaGeneration

@Suite struct ThinkingTrackerTests {
  private func form(_ prompt: String = "") throws -> ThinkingForm {
    try #require(ThinkingForm(start: "<think>", ends: ["</think>", "<call>"], prompt: prompt))
  }

  /// The tokens of what is thought, and the rest.
  private func read(_ pieces: [String], _ prompt: String = "") throws -> (Int, String) {
    var tracker = ThinkingTracker(try self.form(prompt))
    let answer = pieces.flatMap { tracker.append(Array($0.utf8)) }
    return (tracker.tokenCount, String(decoding: answer, as: UTF8.self))
  }

  @Test func `what is thought is told from the answer wherever tokens are cut`() throws {
    for text in ["<think>a < b</think>c", "\n <think>a</th </think>c", "<think></think>c"] {
      for place in text.indices {
        let (_, answer) = try self.read([String(text[..<place]), String(text[place...])])
        #expect(answer == "</think>c")
      }
      let (count, answer) = try self.read(text.map { String($0) })
      #expect(count == text.count - 1)
      #expect(answer == "</think>c")
    }
  }

  @Test func `the prompt may have begun it`() throws {
    #expect(try self.read(["a", "</think>", "b"], "x<think>\n") == (2, "</think>b"))
    #expect(try self.read(["a", "</think>"], "<think></think>") == (0, "a</think>"))
    #expect(try self.read(["a", "<call>x"], "<think>") == (2, "<call>x"))
  }

  @Test func `an answer that begins otherwise has no thought`() throws {
    #expect(try self.read(["Hi", " <think>", "x</think>"]) == (0, "Hi <think>x</think>"))
    #expect(try self.read(["<", "thin", "g"]) == (0, "<thing"))
  }

  @Test func `a model without marks does not think`() {
    #expect(ThinkingForm(start: "", ends: ["x"], prompt: "") == nil)
    #expect(ThinkingForm(start: "x", ends: [""], prompt: "") == nil)
  }
}
