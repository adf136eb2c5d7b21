import Generation
import Testing
import UpstreamGeneration

/// The words of servers for the ends of texts.
@Suite struct ReasonTests {
  @Test(arguments: [
    ("eos_token", FinishReason.stop), ("STOP", .stop), ("COMPLETE", .stop), ("end_turn", .stop),
    ("stop_sequence", .stopSequence), ("MAX_TOKENS", .length), ("SAFETY", .contentFilter),
    ("recitation", .contentFilter), ("sensitive", .contentFilter),
    ("model_context_window_exceeded", .contextLength),
  ])
  func `the words of each server are known`(word: String, reason: FinishReason) async throws {
    for kind in [UpstreamKind.openai, .compatible] {
      let (answer, _) = try await answer(kind: kind) { _ in
        .answer(Events.answer("a", finish: word))
      }
      #expect(answer.finished.map(\.reason) == [reason])
    }
    let (answer, _) = try await answer(kind: .anthropic) { _ in
      .answer(AnthropicTests.start + AnthropicTests.text(0, "a") + AnthropicTests.end(word))
    }
    #expect(answer.finished.map(\.reason) == [reason])
  }

  @Test(arguments: [
    "insufficient_system_resource", "network_error", "ABORTED", "MALFORMED_FUNCTION_CALL",
  ])
  func `a server that has given up has not ended the text`(word: String) async throws {
    for kind in [UpstreamKind.openai, .compatible] {
      let (answer, _) = try await answer(kind: kind) { _ in
        .answer(Events.answer("half ", finish: word))
      }
      #expect(answer.text == "half ")
      #expect(answer.finished.isEmpty)
      #expect(answer.error?.code == .aborted)
    }
    let (answer, _) = try await answer(kind: .anthropic) { _ in
      .answer(AnthropicTests.start + AnthropicTests.text(0, "half ") + AnthropicTests.end(word))
    }
    #expect(answer.finished.isEmpty)
    #expect(answer.error?.code == .aborted)
  }

  @Test func `a word that nobody knows is an end of compatible servers alone`() async throws {
    let body = Events.answer("a", finish: "unheard_of")
    let (compatible, _) = try await answer(kind: .compatible) { _ in .answer(body) }
    #expect(compatible.finished.map(\.reason) == [.stop])
    let (openAI, _) = try await answer(kind: .openai) { _ in .answer(body) }
    #expect(openAI.error?.code == .aborted)
    let (anthropic, _) = try await answer(kind: .anthropic) { _ in
      .answer(AnthropicTests.start + AnthropicTests.text(0, "a") + AnthropicTests.end("unheard_of"))
    }
    #expect(anthropic.error?.code == .aborted)
  }

  @Test func `a reason that says null is none`() async throws {
    let half = Events.chunk("{\"content\":\"half \"}", finish: "null")
    let (cut, _) = try await answer(kind: .compatible) { _ in .beginning(half) + [.close] }
    #expect(cut.error?.code == .aborted)
    let (whole, _) = try await answer(kind: .compatible) { _ in
      .answer(half + Events.answer("whole"))
    }
    #expect(whole.text == "half whole")
    #expect(whole.finished.map(\.reason) == [.stop])
  }
}
