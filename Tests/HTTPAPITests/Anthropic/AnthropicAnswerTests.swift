import HTTPTransport
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct AnthropicAnswerTests {
  private let group = HTTPAPI(allowsAnonymous: true).anthropic

  private func exchange(streams: Bool) throws -> Exchange {
    try Exchange(
      self.group,
      "/v1/messages",
      body: #"{"model":"m","max_tokens":9,"messages":[],"stream":\#(streams)}"#
    )
  }

  private static let started = GenerateResponse(
    event: .started(Started(generationID: "g", model: "m", promptTokens: 7, cachedTokens: 4))
  )

  private static func delta(_ delta: Delta) -> GenerateResponse {
    GenerateResponse(event: .delta(delta))
  }

  private static func finished(
    _ reason: FinishReason,
    stop: String = "",
    incomplete: Bool = false
  ) -> GenerateResponse {
    GenerateResponse(
      event: .finished(
        Finished(
          finishReason: reason,
          matchedStop: stop,
          usage: Usage(promptTokens: 7, completionTokens: 6, cachedTokens: 4),
          incomplete: incomplete
        )
      )
    )
  }

  private static let all: [GenerateResponse] = [
    started,
    delta(Delta(reasoningText: "Hm")), delta(Delta(text: "Let", reasoningText: "m")),
    delta(Delta(text: " me")),
    delta(Delta(toolCalls: [ToolCallDelta(id: "t1", name: "look", arguments: #"{"a":"#)])),
    delta(
      Delta(toolCalls: [
        ToolCallDelta(arguments: "1}"),
        ToolCallDelta(index: 1, id: "t2", name: "go", arguments: "{}"),
      ])
    ),
    finished(.toolCalls),
  ]

  @Test func `a message is answered whole`() throws {
    var exchange = try self.exchange(streams: false)
    #expect(exchange.endsWithClient)
    for response in Self.all { try exchange.respond(response) }
    expect(exchange.text, is: "")
    try exchange.finish()
    expect(
      exchange.text,
      is: #"{"id":"msg_g","type":"message","role":"assistant","model":"m","content":["#
        + #"{"type":"thinking","thinking":"Hmm","signature":""},"#
        + #"{"type":"text","text":"Let me"},"#
        + #"{"type":"tool_use","id":"t1","name":"look","input":{"a":1}},"#
        + #"{"type":"tool_use","id":"t2","name":"go","input":{}}],"#
        + #""stop_reason":"tool_use","stop_sequence":null,"#
        + #""usage":{"input_tokens":3,"cache_creation_input_tokens":0,"#
        + #""cache_read_input_tokens":4,"output_tokens":6}}"#
    )
  }

  @Test func `a call that was cut off is not answered`() throws {
    var exchange = try self.exchange(streams: false)
    let text = try exchange.answer(
      Self.started,
      Self.delta(
        Delta(toolCalls: [ToolCallDelta(id: "t1", name: "look", arguments: #"{"a":"#)])
      ),
      Self.finished(.length, incomplete: true)
    )
    #expect(text.contains(#""content":[],"stop_reason":"max_tokens""#))
  }

  @Test func `events come in Anthropic's order`() throws {
    var exchange = try self.exchange(streams: true)
    expect(exchange.contentType, is: "text/event-stream; charset=utf-8")
    expect(exchange.keepalive, is: "event: ping\ndata: {\"type\":\"ping\"}\n\n")
    for response in Self.all { try exchange.respond(response) }
    try exchange.finish()
    let events = exchange.text.split(separator: "\n\n").map { event in
      let lines = event.split(separator: "\n")
      #expect(lines.count == 2)
      let data = lines[1].dropFirst("data: ".count)
      // The type is in both lines.
      let type = lines[0].dropFirst("event: ".count)
      #expect(data.hasPrefix(#"{"type":"\#(type)""#))
      return String(data)
    }
    let expected = [
      #"{"type":"message_start","message":{"id":"msg_g","type":"message","role":"assistant","#
        + #""model":"m","content":[],"stop_reason":null,"stop_sequence":null,"#
        + #""usage":{"input_tokens":3,"cache_creation_input_tokens":0,"#
        + #""cache_read_input_tokens":4,"output_tokens":0}}}"#,
      #"{"type":"content_block_start","index":0,"#
        + #""content_block":{"type":"thinking","thinking":"","signature":""}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"m"}}"#,
      #"{"type":"content_block_stop","index":0}"#,
      #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Let"}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":" me"}}"#,
      #"{"type":"content_block_stop","index":1}"#,
      #"{"type":"content_block_start","index":2,"#
        + #""content_block":{"type":"tool_use","id":"t1","name":"look","input":{}}}"#,
      #"{"type":"content_block_delta","index":2,"#
        + #""delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}"#,
      #"{"type":"content_block_delta","index":2,"#
        + #""delta":{"type":"input_json_delta","partial_json":"1}"}}"#,
      #"{"type":"content_block_stop","index":2}"#,
      #"{"type":"content_block_start","index":3,"#
        + #""content_block":{"type":"tool_use","id":"t2","name":"go","input":{}}}"#,
      #"{"type":"content_block_delta","index":3,"#
        + #""delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
      #"{"type":"content_block_stop","index":3}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"#
        + #""usage":{"input_tokens":3,"cache_creation_input_tokens":0,"#
        + #""cache_read_input_tokens":4,"output_tokens":6}}"#,
      #"{"type":"message_stop"}"#,
    ]
    #expect(events.count == expected.count)
    for (event, expected) in zip(events, expected) { expect(event, is: expected) }
  }

  @Test(
    arguments: [
      (.stop, "", #""stop_reason":"end_turn","stop_sequence":null"#),
      (.length, "", #""stop_reason":"max_tokens","stop_sequence":null"#),
      (.stopSequence, "\n", #""stop_reason":"stop_sequence","stop_sequence":"\n""#),
      (
        .contextLength, "",
        #""stop_reason":"model_context_window_exceeded","stop_sequence":null"#
      ),
    ] as [(FinishReason, String, String)]
  )
  func `the end has a reason`(reason: FinishReason, stop: String, members: String) throws {
    var whole = try self.exchange(streams: false)
    #expect(try whole.answer(Self.started, Self.finished(reason, stop: stop)).contains(members))
    var stream = try self.exchange(streams: true)
    #expect(try stream.answer(Self.started, Self.finished(reason, stop: stop)).contains(members))
  }

  @Test func `an error ends a stream`() throws {
    var exchange = try self.exchange(streams: true)
    exchange.fail(CallError(.unavailable, "Away"))
    expect(
      exchange.text,
      is: "event: error\ndata: "
        + #"{"type":"error","error":{"type":"overloaded_error","message":"Away"},"#
        + #""request_id":"req-1"}"# + "\n\n"
    )
  }

  @Test(
    arguments: [
      (.invalidArgument, 400, "invalid_request_error"),
      (.unauthenticated, 401, "authentication_error"),
      (.permissionDenied, 403, "permission_error"), (.notFound, 404, "not_found_error"),
      (.aborted, 409, "invalid_request_error"), (.resourceExhausted, 429, "rate_limit_error"),
      (.internal, 500, "api_error"), (.unimplemented, 501, "api_error"),
      (.deadlineExceeded, 504, "timeout_error"), (.unavailable, 529, "overloaded_error"),
    ] as [(CallError.Code, UInt, String)]
  )
  func `errors are Anthropic's`(code: CallError.Code, status: UInt, type: String) {
    let failure = HTTPFailure(CallError(code, "So"))
    let response = errorResponse(self.group, to: failure)
    #expect(response.status == status)
    expect(
      response.body,
      is: #"{"type":"error","error":{"type":"\#(type)","message":"So"},"request_id":"req-1"}"#
    )
    let headers = self.group.errors.response(to: failure, requestID: "req-1").headers
    #expect(headers["request-id"] == ["req-1"])
    #expect(headers.contains(name: "retry-after") == (code == .resourceExhausted))
  }

  @Test func `a request that is too large has its own type`() {
    let failure = HTTPFailure(.payloadTooLarge, "Large")
    #expect(errorResponse(self.group, to: failure).body.contains("request_too_large"))
  }
}
