import HTTPTransport
import Identifiers
import JSON
import NIOCore
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct ChatAnswerTests {
  private static func exchange(_ fields: String = "") throws -> OpenAIExchange {
    try OpenAIExchange(
      .POST,
      ChatRequestTests.path,
      "{\(ChatRequestTests.hello)\(fields.isEmpty ? "" : ",")\(fields)}"
    )
  }

  private static let head =
    #"{"id":"chatcmpl-gen-1","object":"chat.completion.chunk","created":1,"model":"m","choices":["#

  // MARK: Streams

  @Test func `a stream has a role, texts, a reason and an end`() throws {
    var exchange = try Self.exchange(#""stream":true"#)
    #expect(exchange.contentType == "text/event-stream; charset=utf-8")
    try exchange.respond(.begin, .text("Grü"), .text("ß\"\\\n\u{1}\u{1F}e"), .text(""), .end(.stop))
    try exchange.finish()
    #expect(
      exchange.events == [
        Self.head
          + #"{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}"#,
        Self.head
          + #"{"index":0,"delta":{"content":"Grü"},"logprobs":null,"finish_reason":null}]}"#,
        Self.head
          + #"{"index":0,"delta":{"content":"ß\"\\\n\u0001\u001fe"},"logprobs":null,"finish_reason":null}]}"#,
        Self.head + #"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}"#,
        "[DONE]",
      ]
    )
    #expect(exchange.text.hasSuffix("\n\ndata: [DONE]\n\n"))
  }

  @Test(
    arguments: [
      (.stop, "stop"), (.stopSequence, "stop"), (.length, "length"), (.contextLength, "length"),
      (.toolCalls, "tool_calls"), (.cancelled, "length"),
    ] as [(FinishReason, String)]
  )
  func `reasons are OpenAI's`(reason: FinishReason, name: String) throws {
    var stream = try Self.exchange(#""stream":true"#)
    try stream.respond(.begin, .end(reason))
    #expect(
      try OpenAIExchange.json(stream.events[1])["choices.0.finish_reason"]
        == .string(Identifier(name))
    )
    var whole = try Self.exchange()
    try whole.respond(.begin, .end(reason))
    try whole.finish()
    #expect(try whole.json["choices.0.finish_reason"] == .string(Identifier(name)))
  }

  @Test func `a chunk of its own has the tokens, if asked for`() throws {
    var exchange = try Self.exchange(#""stream":true,"stream_options":{"include_usage":true}"#)
    try exchange.respond(.begin, .text("a"), .end(.length, reasoning: 1))
    try exchange.finish()
    #expect(exchange.events.count == 5)
    for event in exchange.events.prefix(3) { #expect(event.hasSuffix(#"}],"usage":null}"#)) }
    #expect(
      exchange.events[3]
        == Self.head
        + #"],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":1}}}"#
    )
  }

  @Test func `each chunk has the tokens so far, if asked for`() throws {
    var exchange = try Self.exchange(
      #""stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true}"#
    )
    try exchange.respond(.begin)
    for tokens: Int32 in [1, 2] {
      try exchange.respond(GenerateResponse(completionTokens: tokens, event: .text("a")))
    }
    let counts = try exchange.events.map { try OpenAIExchange.json($0)["usage.total_tokens"] }
    #expect(counts == [.number("5"), .number("6"), .number("7")])
  }

  @Test func `several texts have their index`() throws {
    var exchange = try Self.exchange(#""stream":true,"n":2"#)
    try exchange.respond(
      .begin,
      .text("a", index: 1),
      .text("b"),
      .end(.stop),
      .end(.length, index: 1),
      .text("of a text that nobody asked for", index: 2)
    )
    let events = try exchange.events.map { try OpenAIExchange.json($0) }
    #expect(
      events.map { $0["choices.0.index"] }
        == [.number("0"), .number("1"), .number("1"), .number("0"), .number("0"), .number("1")]
    )
  }

  @Test func `calls have an index, their id once, and arguments in pieces`() throws {
    var exchange = try Self.exchange(#""stream":true"#)
    try exchange.respond(
      .begin,
      .delta(Delta(toolCalls: [ToolCallDelta(id: "call_1", name: "f", arguments: #"{"a""#)])),
      .delta(Delta(toolCalls: [ToolCallDelta(arguments: ":1}")])),
      .end(.toolCalls)
    )
    #expect(
      exchange.events.dropFirst() == [
        Self.head
          + #"{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\""}}]},"logprobs":null,"finish_reason":null}]}"#,
        Self.head
          + #"{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},"logprobs":null,"finish_reason":null}]}"#,
        Self.head + #"{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}]}"#,
      ]
    )
  }

  @Test func `a delta that backpressure has joined is one chunk`() throws {
    var exchange = try Self.exchange(#""stream":true"#)
    let call = ToolCallDelta(id: "c", name: "f", arguments: "{}")
    try exchange.respond(
      .begin,
      .delta(Delta(text: "b", reasoningText: "a", toolCalls: [call]))
    )
    let delta = try OpenAIExchange.json(exchange.events[1])["choices.0.delta"]
    #expect(delta?["reasoning_content"] == .string("a"))
    #expect(delta?["content"] == .string("b"))
    #expect(delta?["tool_calls.0.id"] == .string("c"))
  }

  @Test func `probabilities have bytes and alternatives`() throws {
    var exchange = try Self.exchange(#""stream":true,"logprobs":true,"top_logprobs":1"#)
    let tokens = [
      TokenLogprobs("a", -0.5, top: [("a", -0.5)]),
      TokenLogprobs(chosen: Logprob(token: ByteBuffer(bytes: [0xE2]), logprob: -.infinity)),
    ]
    try exchange.respond(.begin, .delta(Delta(text: "a", logprobs: tokens)))
    #expect(
      exchange.events[1]
        == Self.head
        + #"{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[{"token":"a","logprob":-0.5,"bytes":[97]}]},{"token":"�","logprob":-9999.0,"bytes":[226],"top_logprobs":[]}],"refusal":null},"finish_reason":null}]}"#
    )
  }

  @Test func `an error in a stream is an event`() throws {
    var exchange = try Self.exchange(#""stream":true"#)
    try exchange.respond(.begin)
    exchange.fail(HTTPFailure(CallError(.unavailable, "bye")))
    #expect(
      exchange.events[1]
        == #"{"error":{"message":"bye","type":"server_error","param":null,"code":null}}"#
    )
  }

  // MARK: Whole answers

  @Test func `a whole answer has a message and the tokens`() throws {
    var exchange = try Self.exchange()
    #expect(exchange.contentType == "application/json")
    try exchange.respond(.begin, .text("Hel"), .text("lo"), .end(.stop))
    #expect(exchange.body.readableBytes == 0)
    try exchange.finish()
    #expect(
      exchange.text
        == #"{"id":"chatcmpl-gen-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":0}}}"#
    )
  }

  @Test func `the time is that of the request`() throws {
    let before = UnixTime.now
    var exchange = try Self.exchange()
    let after = UnixTime.now
    try exchange.respond(.begin, .end(.stop))
    try exchange.finish()
    let json = try OpenAIExchange.json(String(buffer: exchange.body))
    guard case .number(let created) = json["created"] else {
      throw OpenAIExchange.UnexpectedAnswer()
    }
    #expect(before ... after ~= (Int64(created) ?? 0))
  }

  @Test func `calls stand beside a content of null, thoughts beside the text`() throws {
    var exchange = try Self.exchange(#""n":2,"logprobs":true"#)
    try exchange.respond(
      .begin,
      .delta(Delta(toolCalls: [ToolCallDelta(id: "c1", name: "f", arguments: "{")])),
      .delta(Delta(toolCalls: [ToolCallDelta(arguments: "}")])),
      .delta(Delta(toolCalls: [ToolCallDelta(index: 1, id: "c2", name: "g", arguments: "{}")])),
      .delta(Delta(text: "b", logprobs: [TokenLogprobs("b", -1)], index: 1, reasoningText: "a")),
      .end(.toolCalls),
      .end(.length, index: 1, tokens: 4)
    )
    try exchange.finish()
    let json = try exchange.json
    #expect(json["choices.0.message.content"] == .null)
    #expect(
      try json["choices.0.message.tool_calls"]
        == OpenAIExchange.json(
          #"[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]"#
        )
    )
    #expect(json["choices.0.logprobs.content"] == .array([]))
    #expect(json["choices.1.message.content"] == .string("b"))
    #expect(json["choices.1.message.reasoning_content"] == .string("a"))
    #expect(json["choices.1.logprobs.content.0.top_logprobs"] == .array([]))
    #expect(json["usage.prompt_tokens"] == .number("5"))
    #expect(json["usage.completion_tokens"] == .number("7"))
  }

  @Test func `a text without an end is an error`() throws {
    var exchange = try Self.exchange()
    try exchange.respond(.begin, .text("a"))
    #expect(throws: HTTPFailure.self) { try exchange.finish() }
  }
}
