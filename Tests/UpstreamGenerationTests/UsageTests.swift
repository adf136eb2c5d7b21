import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// What is believed of the tokens that servers tell.
@Suite struct UsageTests {
  /// A chunk with a text and the tokens so far.
  private static func text(_ text: String, _ prompt: Int, _ completion: Int) -> String {
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(text)\"}}],\"usage\":"
      + "{\"prompt_tokens\":\(prompt),\"completion_tokens\":\(completion)}}\n\n"
  }

  private static func told(_ members: String) -> String {
    "data: {\"choices\":[],\"usage\":{\(members)}}\n\n"
  }

  private static let end: String = Events.chunk("{}", finish: "stop")

  private func usage(of body: String, kind: UpstreamKind = .compatible) async throws -> TokenUsage {
    let (answer, _) = try await answer(kind: kind) { _ in .answer(body) }
    #expect(answer.error == nil)
    return try #require(answer.finished.first).usage
  }

  @Test(arguments: [
    // Zeros in each chunk, as LocalAI sends them.
    text("one ", 0, 0) + text("two ", 0, 0) + end
      + told(#""prompt_tokens":0,"completion_tokens":0"#),
    // In the last one alone.
    Events.text("one ") + Events.text("two ") + end + Events.usage(0, 0),
    // In the first one alone.
    text("one ", 0, 0) + Events.text("two ") + end,
  ])
  func `zeros for a text are not told`(body: String) async throws {
    let usage = try await self.usage(of: body + Events.done)
    #expect(
      usage
        == TokenUsage(promptTokens: 6, completionTokens: 2, cachedTokens: 0, source: .counted)
    )
  }

  @Test(arguments: [
    text("one ", 9, 0) + Events.text("two ") + Events.text("three ") + end,
    text("one ", 9, 1) + Events.text("two ") + Events.text("three ") + end,
  ])
  func `tokens of the beginning of a text are not those of the whole`(body: String) async throws {
    let usage = try await self.usage(of: body + Events.done)
    #expect(
      usage
        == TokenUsage(promptTokens: 9, completionTokens: 3, cachedTokens: 0, source: .counted)
    )
  }

  @Test(arguments: [
    text("one ", 9, 4) + text("two ", 9, 8) + end, Events.text("one ") + text("two ", 9, 8) + end,
    Events.text("one ") + end + Events.usage(9, 8) + Events.usage(0, 0),
  ])
  func `what was told with the last piece or after it is believed`(body: String) async throws {
    let usage = try await self.usage(of: body + Events.done)
    #expect(
      usage
        == TokenUsage(promptTokens: 9, completionTokens: 8, cachedTokens: 0, source: .reported)
    )
  }

  @Test func `a text without tokens may have none`() async throws {
    let usage = try await self.usage(of: Self.end + Events.usage(9, 0) + Events.done)
    #expect(
      usage
        == TokenUsage(promptTokens: 9, completionTokens: 0, cachedTokens: 0, source: .reported)
    )
  }

  @Test func `more tokens than the prompt has bytes are not believed`() async throws {
    let body = Events.text("one ") + Self.end + Events.usage(2_000_000_000, 3) + Events.done
    let usage = try await self.usage(of: body)
    #expect(
      usage
        == TokenUsage(promptTokens: 6, completionTokens: 3, cachedTokens: 0, source: .counted)
    )
  }

  @Test func `cached tokens are the prompt's, and thoughts are the text's`() async throws {
    let members =
      #""prompt_tokens":9,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":1000},"#
      + #""completion_tokens_details":{"reasoning_tokens":99999}"#
    let body = Events.text("one ") + Self.end + Self.told(members) + Events.done
    let usage = try await self.usage(of: body)
    #expect(
      usage
        == TokenUsage(
          promptTokens: 9,
          completionTokens: 3,
          cachedTokens: 9,
          reasoningTokens: 3,
          source: .reported
        )
    )
  }

  @Test func `thoughts that are counted beside the text are part of it`() async throws {
    let members =
      #""prompt_tokens":9,"completion_tokens":3,"total_tokens":32,"#
      + #""completion_tokens_details":{"reasoning_tokens":20}"#
    let body = Events.text("one ") + Self.end + Self.told(members) + Events.done
    let usage = try await self.usage(of: body)
    #expect(usage.completionTokens == 23)
    #expect(usage.reasoningTokens == 20)
  }

  @Test(arguments: [
    // What was cached is in the first event alone.
    (
      #"{"input_tokens":5,"cache_creation_input_tokens":100,"cache_read_input_tokens":1000}"#,
      #"{"input_tokens":5,"output_tokens":30}"#
    ),
    // In the last one alone.
    (
      #"{"input_tokens":5,"output_tokens":1}"#,
      #"{"cache_creation_input_tokens":100,"cache_read_input_tokens":1000,"output_tokens":30}"#
    ),
    // Zeros where nothing is known yet, or any more.
    (
      #"{"input_tokens":0,"cache_read_input_tokens":1000,"output_tokens":0}"#,
      #"{"input_tokens":5,"cache_creation_input_tokens":100,"cache_read_input_tokens":0,"output_tokens":30}"#
    ),
  ])
  func `Anthropic's counts are put together from all events`(
    start: String,
    end: String
  ) async throws {
    let body =
      AnthropicTests.event(
        "message_start",
        #"{"type":"message_start","message":{"model":"m","usage":\#(start)}}"#
      ) + AnthropicTests.text(0, "ok")
      + AnthropicTests.event(
        "message_delta",
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":\#(end)}"#
      ) + AnthropicTests.event("message_stop", #"{"type":"message_stop"}"#)
    let usage = try await self.usage(of: body, kind: .anthropic)
    #expect(
      usage
        == TokenUsage(
          promptTokens: 1105,
          completionTokens: 30,
          cachedTokens: 1000,
          source: .reported
        )
    )
  }

  @Test func `the output of Anthropic's beginning is not that of the whole`() async throws {
    let body =
      AnthropicTests.start + AnthropicTests.text(0, "one ") + AnthropicTests.text(1, "two ")
      + AnthropicTests.event(
        "message_delta",
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#
      ) + AnthropicTests.event("message_stop", #"{"type":"message_stop"}"#)
    let usage = try await self.usage(of: body, kind: .anthropic)
    #expect(usage.completionTokens == 2)
    #expect(usage.source == .counted)
  }
}
