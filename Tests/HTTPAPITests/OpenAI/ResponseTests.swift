import HTTPTransport
import Identifiers
import JSON
import NIOCore
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct ResponseTests {
  static let path = "/v1/responses"

  private static func exchange(_ fields: String) throws -> OpenAIExchange {
    try OpenAIExchange(.POST, Self.path, "{\(fields)}")
  }

  private static func chat(_ fields: String) throws -> ChatMessages {
    guard case .messages(let chat) = try self.exchange(fields).generation.input else {
      throw OpenAIExchange.UnexpectedAnswer()
    }
    return chat
  }

  // MARK: Requests

  @Test func `a text is a user's message, after the instructions`() throws {
    #expect(
      try Self.chat(#""input":"hi","instructions":"be brief""#).messages == [
        ChatMessage(role: "system", content: "be brief"), ChatMessage(role: "user", content: "hi"),
      ]
    )
  }

  @Test func `items are messages, and what an assistant did is one`() throws {
    let input = #"""
      "input":[
        {"role":"user","content":[{"type":"input_text","text":"a"}]},
        {"type":"reasoning","id":"rs_1","summary":[],"content":[{"type":"reasoning_text","text":"hm"}]},
        {"type":"message","id":"msg_1","role":"assistant","status":"completed",
          "content":[{"type":"output_text","text":"b","annotations":[]}]},
        {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}"},
        {"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},
        {"type":"function_call_output","call_id":"c1","output":"1"},
        {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"2"}]},
        {"type":"reasoning","id":"rs_2","summary":[{"type":"summary_text","text":"so"}]},
        {"type":"message","role":"assistant","content":"c"}
      ]
      """#
    #expect(
      try Self.chat(input).messages == [
        ChatMessage(role: "user", content: "a"),
        ChatMessage(
          role: "assistant",
          content: "b",
          toolCalls: [
            ToolCall(id: "c1", name: "f", arguments: "{}"),
            ToolCall(id: "c2", name: "g", arguments: "{}"),
          ],
          reasoningText: "hm"
        ),
        ChatMessage(role: "tool", content: "1", toolCallID: "c1"),
        ChatMessage(role: "tool", content: "2", toolCallID: "c2"),
        ChatMessage(role: "assistant", content: "c", reasoningText: "so"),
      ]
    )
  }

  @Test func `fields reach the request`() throws {
    let request = try Self.exchange(
      #"""
      "input":"a","model":"m","max_output_tokens":7,"temperature":0,"top_p":0.5,
      "text":{"format":{"type":"json_schema","name":"n","schema":{"a":1},"strict":true}},
      "include":["message.output_text.logprobs","reasoning.encrypted_content"]
      """#
    ).generation
    #expect(request.model == "m")
    #expect(request.maxTokens == 7)
    #expect(request.sampling == SamplingOptions(temperature: 0, topP: 0.5))
    #expect(request.constraint == .jsonSchema(#"{"a":1}"#))
    #expect(request.logprobs == 0)
    #expect(try Self.exchange(#""input":"a","top_logprobs":4"#).generation.logprobs == 4)
    #expect(try Self.exchange(#""input":"a""#).generation.maxLength == .max)
  }

  @Test func `tools, their choice and the effort reach the request`() throws {
    let chat = try Self.chat(
      #"""
      "input":"a","tools":[{"type":"function","name":"f","parameters":{"a":1},"strict":true}],
      "tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false,
      "reasoning":{"effort":"none","summary":"auto"}
      """#
    )
    #expect(chat.tools == [Tool(name: "f", parameters: #"{"a":1}"#, strict: true)])
    #expect(chat.toolChoice == ToolChoice(mode: .required, name: "f"))
    #expect(chat.parallelToolCalls == false)
    #expect(chat.reasoning == .off)
  }

  @Test func `what cannot change the text is ignored`() throws {
    let ignored = #"""
      "input":"a","store":true,"metadata":{"a":"b"},"truncation":"disabled","background":false,
      "max_tool_calls":3,"user":"u","previous_response_id":null,"text":{"verbosity":"medium"}
      """#
    #expect(try Self.exchange(ignored).generation == Self.exchange(#""input":"a""#).generation)
  }

  @Test(
    arguments: [
      (#""input":"a","previous_response_id":"resp_1""#, "previous_response_id"),
      (#""input":"a","conversation":"c""#, "conversation"),
      (#""input":"a","background":true"#, "background"),
      (#""input":"a","prompt":{"id":"p"}"#, "prompt"),
      (#""input":"a","truncation":"auto""#, "truncation"),
      (#""input":"a","text":{"verbosity":"low"}"#, "text.verbosity"),
      (#""input":"a","tools":[{"type":"web_search"}]"#, "tools[0].type"),
      (#""input":[{"type":"item_reference","id":"x"}]"#, "input[0].type"),
      (
        #""input":[{"role":"user","content":[{"type":"input_image"}]}]"#, "input[0].content[0].type"
      ),
      (#""input":[{"role":"user"}]"#, "input[0].content"), (#""input":7"#, "input"), ("", "input"),
      (#""input":[{"type":"function_call","name":"f","arguments":"{}"}]"#, "input[0].call_id"),
    ]
  )
  func `what is wrong or not done is named`(json: String, name: String) throws {
    let failure = try failure(Self.path, "{\(json)}")
    #expect(failure.parameter == name)
    #expect(failure.status == .badRequest)
  }

  // MARK: Answers

  private static let items: [GenerateResponse.Event] = [
    .delta(Delta(reasoningText: "h")), .delta(Delta(reasoningText: "m")), .text("a"), .text("b"),
    .delta(Delta(toolCalls: [ToolCallDelta(id: "c1", name: "f", arguments: "{")])),
    .delta(Delta(toolCalls: [ToolCallDelta(arguments: "}")])),
    .delta(Delta(toolCalls: [ToolCallDelta(index: 1, id: "c2", name: "g", arguments: "{}")])),
    .end(.toolCalls),
  ]

  private static let output = #"""
    [{"id":"rs_gen-1_0","type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"hm"}],"status":"completed"},
    {"id":"msg_gen-1_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"ab","annotations":[],"logprobs":[]}],"status":"completed"},
    {"id":"fc_gen-1_2","type":"function_call","call_id":"c1","name":"f","arguments":"{}","status":"completed"},
    {"id":"fc_gen-1_3","type":"function_call","call_id":"c2","name":"g","arguments":"{}","status":"completed"}]
    """#

  @Test func `a response has items and the tokens, and repeats its request`() throws {
    var exchange = try Self.exchange(#""input":"a","temperature":0.5,"metadata":{"k":"v"}"#)
    try exchange.respond(.begin)
    for event in Self.items { try exchange.respond(event) }
    try exchange.finish()
    let json = try exchange.json
    #expect(json["id"] == .string("resp_gen-1"))
    #expect(json["object"] == .string("response"))
    #expect(json["status"] == .string("completed"))
    #expect(json["temperature"] == .number("0.5"))
    #expect(json["metadata.k"] == .string("v"))
    #expect(json["tools"] == .array([]))
    #expect(json["incomplete_details"] == .null)
    #expect(try json["output"] == OpenAIExchange.json(Self.output))
    #expect(
      try json["usage"]
        == OpenAIExchange.json(
          #"{"input_tokens":5,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":0},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":8}"#
        )
    )
  }

  @Test(
    arguments: [
      (.length, #"{"reason":"max_output_tokens"}"#),
      (.contextLength, #"{"reason":"max_output_tokens"}"#),
      (.cancelled, "null"),
    ] as [(FinishReason, String)]
  )
  func `a response that is cut off is incomplete`(reason: FinishReason, details: String) throws {
    var exchange = try Self.exchange(#""input":"a""#)
    try exchange.respond(.begin, .text("a"), .end(reason))
    try exchange.finish()
    let json = try exchange.json
    #expect(json["status"] == .string("incomplete"))
    #expect(json["output.0.status"] == .string("incomplete"))
    if reason == .cancelled {
      #expect(json["incomplete_details"] == .null)
    } else {
      #expect(try json["incomplete_details"] == OpenAIExchange.json(details))
    }
  }

  @Test func `a stream has each item from its beginning to its end`() throws {
    var exchange = try Self.exchange(#""input":"a","stream":true"#)
    #expect(exchange.contentType == "text/event-stream; charset=utf-8")
    try exchange.respond(.begin)
    for event in Self.items { try exchange.respond(event) }
    try exchange.finish()
    let events = try exchange.events.map { try OpenAIExchange.json($0) }
    #expect(
      events.map { $0["type"] }
        == [
          "response.created", "response.in_progress",
          "response.output_item.added", "response.content_part.added",
          "response.reasoning_text.delta", "response.reasoning_text.delta",
          "response.reasoning_text.done", "response.content_part.done", "response.output_item.done",
          "response.output_item.added", "response.content_part.added",
          "response.output_text.delta", "response.output_text.delta", "response.output_text.done",
          "response.content_part.done", "response.output_item.done",
          "response.output_item.added",
          "response.function_call_arguments.delta", "response.function_call_arguments.delta",
          "response.function_call_arguments.done", "response.output_item.done",
          "response.output_item.added",
          "response.function_call_arguments.delta",
          "response.function_call_arguments.done", "response.output_item.done",
          "response.completed",
        ].map { .string($0) }
    )
    #expect(
      events.map { $0["sequence_number"] } == events.indices.map { .number("\($0)") }
    )
    #expect(events[0]["response.output"] == .array([]))
    #expect(events[0]["response.status"] == .string("in_progress"))
    #expect(
      exchange.events[11]
        == #"{"type":"response.output_text.delta","item_id":"msg_gen-1_1","output_index":1,"content_index":0,"delta":"a","logprobs":[],"sequence_number":11}"#
    )
    #expect(events[13]["text"] == .string("ab"))
    #expect(events[16]["item.arguments"] == .string(""))
    #expect(events[19]["arguments"] == .string("{}"))
    #expect(try events.last?["response.output"] == OpenAIExchange.json(Self.output))
    #expect(exchange.text.hasPrefix("event: response.created\ndata: {"))
  }

  @Test func `a stream that is cut off says so`() throws {
    var exchange = try Self.exchange(#""input":"a","stream":true"#)
    try exchange.respond(.begin, .text("a"), .end(.length))
    try exchange.finish()
    let last = try OpenAIExchange.json(exchange.events.last ?? "")
    #expect(last["type"] == .string("response.incomplete"))
    #expect(last["response.output.0.status"] == .string("incomplete"))
  }

  @Test func `an error in a stream is an event that clients see`() throws {
    var exchange = try Self.exchange(#""input":"a","stream":true"#)
    try exchange.respond(.begin)
    exchange.fail(HTTPFailure(CallError(.unavailable, "bye")))
    let last = try OpenAIExchange.json(exchange.events.last ?? "")
    #expect(last["type"] == .string("error"))
    #expect(last["message"] == .string("bye"))
    #expect(last["error.type"] == .string("server_error"))
    #expect(last["sequence_number"] == .number("2"))
  }

  @Test func `probabilities are told of the text`() throws {
    var exchange = try Self.exchange(#""input":"a","top_logprobs":1"#)
    let token = TokenLogprobs("b", -1, top: [("b", -1)])
    try exchange.respond(.begin, .delta(Delta(text: "b", logprobs: [token])), .end(.stop))
    try exchange.finish()
    #expect(
      try exchange.json["output.0.content.0.logprobs"]
        == OpenAIExchange.json(
          #"[{"token":"b","logprob":-1.0,"bytes":[98],"top_logprobs":[{"token":"b","logprob":-1.0,"bytes":[98]}]}]"#
        )
    )
  }
}
