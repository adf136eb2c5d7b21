import HTTPTransport
import Identifiers
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct AnthropicRequestTests {
  private let api = HTTPAPI(allowsAnonymous: true)

  private func exchange(
    _ body: String,
    path: String = "/v1/messages",
    headers: HTTPHeaders = [:],
    _ api: HTTPAPI? = nil
  ) throws -> Exchange {
    try Exchange((api ?? self.api).anthropic, path, headers: headers, body: body)
  }

  private func request(_ members: String) throws -> GenerateRequest {
    try self.exchange(#"{"model":"m","max_tokens":5,\#(members)}"#).message()
  }

  private func chat(_ members: String) throws -> ChatMessages {
    let input = try self.request(members).input
    guard case .messages(let chat) = input else { throw HTTPFailure(.conflict, "no messages") }
    return chat
  }

  @Test func `a request is the server's`() throws {
    let request = try self.request(
      """
      "messages": [{"role": "user", "content": "Hi"}], "system": "Be brief.", "temperature": 0.5,
      "top_p": 0.9, "top_k": 3, "stop_sequences": ["x"], "metadata": {"user_id": "u"},
      "service_tier": "auto", "output_config": {"format": {"type": "json_schema", "schema": {}}},
      "mcp_servers": [], "betas": ["b"]
      """
    )
    #expect(
      request
        == GenerateRequest(
          model: "m",
          input: .messages(
            ChatMessages(messages: [
              ChatMessage(role: "system", content: "Be brief."),
              ChatMessage(role: "user", content: "Hi"),
            ])
          ),
          sampling: SamplingOptions(temperature: 0.5, topK: 3, topP: 0.9),
          maxTokens: 5,
          stop: ["x"],
          constraint: .jsonSchema("{}")
        )
    )
  }

  @Test func `calls, results and thoughts are the server's messages, in order`() throws {
    let chat = try self.chat(
      """
      "messages": [
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "assistant", "content": [
          {"type": "thinking", "thinking": "Hm", "signature": "s"},
          {"type": "redacted_thinking", "data": "x"},
          {"type": "text", "text": "Let me see"},
          {"type": "tool_use", "id": "t1", "name": "look", "input": {"at": ["é", 1]}},
          {"type": "tool_use", "id": "t2", "name": "look", "input": {}}]},
        {"role": "user", "content": [
          {"type": "tool_result", "tool_use_id": "t2", "content": "two", "is_error": true},
          {"type": "text", "text": "between"},
          {"type": "tool_result", "tool_use_id": "t1",
           "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "more"}]},
          {"type": "tool_result", "tool_use_id": "t1"},
          {"type": "text", "text": "Go on", "cache_control": {"type": "ephemeral"}}]},
        {"role": "system", "content": [{"type": "text", "text": "Hush"}]},
        {"role": "user", "content": []}]
      """
    )
    #expect(
      chat.messages == [
        ChatMessage(role: "user", content: "ab"),
        ChatMessage(
          role: "assistant",
          content: "Let me see",
          toolCalls: [
            ToolCall(id: "t1", name: "look", arguments: #"{"at":["é",1]}"#),
            ToolCall(id: "t2", name: "look", arguments: "{}"),
          ],
          reasoningText: "Hm"
        ),
        ChatMessage(role: "tool", content: "two", toolCallID: "t2"),
        ChatMessage(role: "user", content: "between"),
        ChatMessage(role: "tool", content: "one\nmore", toolCallID: "t1"),
        ChatMessage(role: "tool", toolCallID: "t1"),
        ChatMessage(role: "user", content: "Go on"),
        ChatMessage(role: "system", content: "Hush"),
        ChatMessage(role: "user"),
      ]
    )
  }

  @Test func `a system's block that changes with every request is dropped`() throws {
    let chat = try self.chat(
      """
      "messages": [], "system": [
        {"type": "text", "text": "x-anthropic-billing-header: cc_version=1; cch=2;"},
        {"type": "text", "text": "One"}, {"type": "text", "text": "Two"}]
      """
    )
    #expect(chat.messages == [ChatMessage(role: "system", content: "One\n\nTwo")])
    #expect(
      try self.chat(
        #""messages": [], "system": [{"type": "text", "text": "x-anthropic-billing-header:"}]"#
      )
      .messages.isEmpty
    )
  }

  @Test func `tools have schemas`() throws {
    let chat = try self.chat(
      """
      "messages": [], "tools": [
        {"name": "a", "description": "A", "input_schema": {"type": "object"}, "strict": true},
        {"type": "custom", "name": "b", "input_schema": {}}],
      "tool_choice": {"type": "tool", "name": "a", "disable_parallel_tool_use": true}
      """
    )
    #expect(
      chat.tools == [
        Tool(name: "a", description: "A", parameters: #"{"type":"object"}"#, strict: true),
        Tool(name: "b", parameters: "{}"),
      ]
    )
    #expect(chat.toolChoice == ToolChoice(name: "a"))
    #expect(chat.parallelToolCalls == false)
  }

  @Test(
    arguments: [("auto", .auto), ("any", .required), ("none", .none)]
      as [(String, ToolChoiceMode)]
  )
  func `tools are chosen`(type: String, mode: ToolChoiceMode) throws {
    let chat = try self.chat(#""messages": [], "tool_choice": {"type": "\#(type)"}"#)
    #expect(chat.toolChoice == ToolChoice(mode: mode))
    #expect(chat.parallelToolCalls == nil)
  }

  @Test(
    arguments: [
      (#"{"type": "enabled", "budget_tokens": 1024}"#, .on, 1024),
      (#"{"type": "adaptive"}"#, .on, nil), (#"{"type": "disabled"}"#, .off, nil),
      ("null", .unspecified, nil),
    ] as [(String, Reasoning, Int32?)]
  )
  func `the model thinks as it is told`(json: String, reasoning: Reasoning, most: Int32?) throws {
    let chat = try self.chat(#""messages": [], "thinking": \#(json)"#)
    #expect(chat.reasoning == reasoning)
    #expect(chat.reasoningMaxTokens == most)
  }

  @Test(
    arguments: [("low", .low), ("xhigh", .xhigh), ("max", .max)] as [(String, ReasoningEffort)]
  )
  func `the model thinks as thoroughly as it is told`(name: String, effort: ReasoningEffort) throws
  {
    let chat = try self.chat(#""messages": [], "output_config": {"effort": "\#(name)"}"#)
    #expect(chat.reasoningEffort == effort)
    // Whether it thinks is said by itself.
    #expect(chat.reasoning == .unspecified)
  }

  @Test(arguments: [
    (#""messages": [], "cache_control": {"type": "ephemeral"}"#, true),
    (#""messages": [], "cache_control": null"#, false),
    (
      #""messages": [], "system": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}]"#,
      true
    ),
    (
      #""messages": [{"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {}}]}]"#,
      true
    ),
    (
      #""messages": [{"role": "user", "content": [{"type": "text", "text": "a", "cache_control": null}]}]"#,
      false
    ),
    (#""messages": [], "tools": [{"name": "f", "input_schema": {}, "cache_control": {}}]"#, true),
    // An argument of that name is none.
    (
      #""messages": [], "tools": [{"name": "f", "input_schema": {"properties": {"cache_control": {}}}}]"#,
      false
    ),
    (#""messages": [{"role": "user", "content": "cache_control"}]"#, false),
  ])
  func `a prompt is to be kept when a part of it is`(members: String, isKept: Bool) throws {
    #expect(try self.chat(members).cachePrompt == isKept)
  }

  @Test(
    arguments: [
      (true, [:], TokenwireMethod.generate, nil),
      (true, ["x-api-key": "EMPTY"], TokenwireMethod.generate, nil),
      (true, ["x-api-key": "a.b.c"], TokenwireMethod.secureGenerate, "Bearer a.b.c"),
      (true, ["authorization": "bearer a.b.c"], TokenwireMethod.secureGenerate, "Bearer a.b.c"),
      (false, [:], TokenwireMethod.secureGenerate, nil),
      (false, ["x-api-key": "EMPTY"], TokenwireMethod.secureGenerate, "Bearer EMPTY"),
    ] as [(Bool, HTTPHeaders, MethodDescriptor, String?)]
  )
  func `the key is an access token`(
    allowsAnonymous: Bool,
    headers: HTTPHeaders,
    method: MethodDescriptor,
    authorization: String?
  ) throws {
    let exchange = try self.exchange(
      #"{"model":"m","max_tokens":1,"messages":[]}"#,
      headers: headers,
      HTTPAPI(allowsAnonymous: allowsAnonymous)
    )
    #expect(exchange.call.method == method)
    #expect(
      exchange.call.metadata["authorization"].map { Identifier($0) }
        == authorization.map { Identifier($0) }
    )
  }

  @Test func `tokens are counted`() throws {
    var exchange = try self.exchange(
      #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[]}"#,
      path: "/v1/messages/count_tokens"
    )
    #expect(exchange.call.method == TokenwireMethod.countTokens)
    let chat = ChatMessages(messages: [ChatMessage(role: "user", content: "Hi")])
    #expect(try exchange.message() == CountTokensRequest(model: "m", input: .messages(chat)))
    #expect(!exchange.endsWithClient)
    expect(try exchange.answer(CountTokensResponse(tokens: 9)), is: #"{"input_tokens":9}"#)
  }

  @Test(
    arguments: [
      ("", "The request has no content: send JSON"),
      (#"{"model":"m","messages":[]}"#, "max_tokens is required"),
      (#"{"model":"m","max_tokens":1}"#, "messages is required"),
      (#"{"max_tokens":1,"messages":[]}"#, "model is required"),
      (
        #"{"model":"m","max_tokens":1,"messages":[],"thread":{"type":"create"}}"#,
        "thread is not supported: this server keeps no conversations: send all messages each time"
      ),
      (Self.with(#"{"role":"user"}"#), "messages[0].content is required"),
      (
        Self.with(#"{"role":"robot","content":""}"#),
        #"messages[0].role is "robot", but must be "user", "assistant" or "system""#
      ),
      (
        Self.with(#"{"role":"user","content":[{"type":"image","source":{}}]}"#),
        #"messages[0].content[0].type is "image", but must be "text" or "tool_result" of a user"#
      ),
      (
        Self.with(#"{"role":"assistant","content":[{"type":"server_tool_use"}]}"#),
        #"messages[0].content[0].type is "server_tool_use", but must be "text", "thinking" or "#
          + #""tool_use" of an assistant"#
      ),
      (
        Self.with(#"{"role":"user","content":[{"type":"tool_result","tool_use_id":"x"}]}"#),
        "messages[0].content[0].tool_use_id must be the id of a tool_use block in a message before it"
      ),
      (
        Self.with(
          #"{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"n","input":"{}"}]}"#
        ),
        "messages[0].content[0].input must be an object, and is a string"
      ),
      (
        Self.with(#"{"role":"user","content":5}"#),
        "messages[0].content must be a string or an array of blocks, and is 5"
      ),
      (Self.with("null"), "messages[0] must be an object, and is null"),
      (
        #"{"model":"m","max_tokens":1,"messages":[],"tools":[{"type":"web_search_20250305","name":"w"}]}"#,
        #"tools[0].type is "web_search_20250305", but must be "custom": this server runs no tools itself"#
      ),
      (
        #"{"model":"m","max_tokens":1,"messages":[],"thinking":{"type":"enabled"}}"#,
        "thinking.budget_tokens is required"
      ),
      (
        #"{"model":"m","max_tokens":1,"messages":[],"thinking":{"type":"enabled","budget_tokens":0}}"#,
        "thinking.budget_tokens must be an integer from 1 to 2147483647, and is 0"
      ),
      (
        #"{"model":"m","max_tokens":1,"messages":[],"temperature":1.5}"#,
        "temperature must be a number from 0 to 1, and is 1.5"
      ),
      (
        #"{"model":"m","max_tokens":1,"messages":[],"top_p":2}"#,
        "top_p must be a number from 0 to 1, and is 2"
      ),
      (
        #"{"model":"m","max_tokens":1,"messages":[],"container":"c"}"#,
        "container is not supported: this server runs no tools itself"
      ),
      (
        #"{"model":"m","max_tokens":"1","messages":[]}"#,
        "max_tokens must be an integer, and is a string"
      ),
    ]
  )
  func `what is wrong is named`(body: String, message: String) throws {
    let failure = try expectFailure { try self.exchange(body) }
    expect(failure.error.message, is: message)
    #expect(failure.status == .badRequest)
  }

  private static func with(_ message: String) -> String {
    #"{"model":"m","max_tokens":1,"messages":[\#(message)]}"#
  }
}
