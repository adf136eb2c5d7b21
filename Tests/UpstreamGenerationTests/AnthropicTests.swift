import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// Servers that speak Anthropic's messages.
@Suite struct AnthropicTests {
  static func event(_ name: String, _ data: String) -> String {
    "event: \(name)\ndata: \(data)\n\n"
  }

  static let start = event(
    "message_start",
    #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","#
      + #""content":[],"model":"claude-there","stop_reason":null,"usage":{"input_tokens":10,"#
      + #""cache_creation_input_tokens":5,"cache_read_input_tokens":20,"output_tokens":1}}}"#
  )

  static func end(_ reason: String, sequence: String = "null") -> String {
    self.event(
      "message_delta",
      #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)","stop_sequence":\#(sequence)},"#
        + #""usage":{"output_tokens":12}}"#
    ) + self.event("message_stop", #"{"type":"message_stop"}"#)
  }

  static func block(_ index: Int, _ start: String, _ deltas: String...) -> String {
    self.event(
      "content_block_start",
      #"{"type":"content_block_start","index":\#(index),"content_block":\#(start)}"#
    )
      + deltas.map { delta in
        self.event(
          "content_block_delta",
          #"{"type":"content_block_delta","index":\#(index),"delta":\#(delta)}"#
        )
      }.joined()
      + self.event("content_block_stop", #"{"type":"content_block_stop","index":\#(index)}"#)
  }

  static func text(_ index: Int, _ text: String) -> String {
    self.block(
      index,
      #"{"type":"text","text":""}"#,
      #"{"type":"text_delta","text":"\#(text)"}"#
    )
  }

  @Test func `thoughts, text, calls and usage come through`() async throws {
    let body =
      Self.start + Self.event("ping", #"{"type":"ping"}"#)
      + Self.block(
        0,
        #"{"type":"thinking","thinking":"","signature":""}"#,
        #"{"type":"thinking_delta","thinking":"Hmm"}"#,
        #"{"type":"signature_delta","signature":"abc"}"#
      ) + Self.text(1, "I look.")
      + Self.event("new_event", #"{"type":"new_event","index":3,"x":[1]}"#)
      + Self.block(
        2,
        #"{"type":"tool_use","id":"toolu_1","name":"f","input":{}}"#,
        #"{"type":"input_json_delta","partial_json":""}"#,
        #"{"type":"input_json_delta","partial_json":"{\"a\":"}"#,
        #"{"type":"input_json_delta","partial_json":"1}"}"#
      ) + Self.block(3, #"{"type":"tool_use","id":"toolu_2","name":"g","input":{}}"#)
      + Self.end("tool_use")
    for size in [1, 5, body.utf8.count] {
      let bytes = [UInt8](body.utf8)
      let (answer, _) = try await answer(kind: .anthropic) { _ in
        .beginning("")
          + stride(from: 0, to: bytes.count, by: size).map {
            .send([UInt8](bytes[$0 ..< min($0 + size, bytes.count)]))
          } + [.close]
      }
      #expect(answer.error == nil)
      #expect(answer.reasoning == "Hmm")
      #expect(answer.text == "I look.")
      #expect(
        answer.calls == [
          ToolCall(id: "toolu_1", name: "f", arguments: "{\"a\":1}"),
          ToolCall(id: "toolu_2", name: "g", arguments: "{}"),
        ]
      )
      #expect(answer.started?.promptTokens == 35)
      #expect(answer.started?.origin?.model == "claude-there")
      let finished = try #require(answer.finished.first)
      #expect(finished.reason == .toolCalls)
      #expect(
        finished.usage
          == TokenUsage(promptTokens: 35, completionTokens: 12, cachedTokens: 20, source: .reported)
      )
    }
  }

  @Test func `a server that does not stream gives its whole message`() async throws {
    let (answer, _) = try await answer(kind: .anthropic) { _ in
      .answer(
        #"{"id":"msg_1","type":"message","role":"assistant","model":"claude-there","content":["#
          + #"{"type":"thinking","thinking":"Hmm","signature":"abc"},{"type":"text","text":"I look."},"#
          + #"{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1}},"#
          + #"{"type":"tool_use","id":"toolu_2","name":"g","input":{}}],"#
          + #""stop_reason":"tool_use","stop_sequence":null,"#
          + #""usage":{"input_tokens":10,"cache_read_input_tokens":20,"output_tokens":12}}"#,
        type: "application/json"
      )
    }
    #expect(answer.error == nil)
    #expect(answer.reasoning == "Hmm")
    #expect(answer.text == "I look.")
    #expect(
      answer.calls == [
        ToolCall(id: "toolu_1", name: "f", arguments: #"{"a":1}"#),
        ToolCall(id: "toolu_2", name: "g", arguments: "{}"),
      ]
    )
    #expect(answer.started?.origin?.model == "claude-there")
    #expect(answer.finished.map(\.reason) == [.toolCalls])
    #expect(
      answer.finished.first?.usage
        == TokenUsage(promptTokens: 30, completionTokens: 12, cachedTokens: 20, source: .reported)
    )
  }

  @Test func `half a whole message is cut off`() async throws {
    let (answer, _) = try await answer(kind: .anthropic) { _ in
      .answer(#"{"type":"message","content":[{"type":"text","text":"half"}]}"#)
    }
    #expect(answer.finished.isEmpty)
    #expect(answer.error?.code == .unavailable)
  }

  @Test func `conversations are put into Anthropic's form`() async throws {
    let conversation = Conversation(
      [
        ChatMessage(role: .system, content: "Be brief."),
        ChatMessage(role: .user, content: "Weather?"),
        ChatMessage(
          role: .assistant,
          content: "",
          reasoning: "Let me see",
          toolCalls: [ToolCall(id: "c1", name: "w", arguments: #"{"city":"Zürich"}"#)]
        ),
        ChatMessage(role: .tool, content: "sunny", toolCallID: "c1"),
        ChatMessage(role: .user, content: "Thanks"),
      ],
      tools: [Tool(name: "w", description: "Weather", parameters: #"{"type":"object"}"#)],
      toolChoice: .named("w"),
      allowsParallelToolCalls: false
    )
    var request = GenerationRequest(
      input: .conversation(conversation),
      maxTokens: 100,
      stop: ["END"]
    )
    request.sampling.topK = 5
    request.sampling.temperature = 1
    request.sampling.given = [.topK, .temperature]
    let (answer, requests) = try await answer(to: request, kind: .anthropic) { _ in
      .answer(Self.start + Self.text(0, "ok") + Self.end("stop_sequence", sequence: "\"END\""))
    }
    #expect(answer.finished.map(\.matchedStop) == ["END"])
    #expect(answer.finished.map(\.reason) == [.stopSequence])
    let sent = try #require(requests.first)
    #expect(sent.head.contains("POST /v1/messages HTTP/1.1"))
    #expect(sent.head.contains("x-api-key: sk-very-secret-key-1234567890"))
    #expect(sent.head.contains("anthropic-version: 2023-06-01"))
    #expect(!sent.head.lowercased().contains("authorization"))
    #expect(
      sent.body
        == #"{"model":"there","system":"Be brief.","messages":["#
        + #"{"role":"user","content":[{"type":"text","text":"Weather?"}]},"#
        + #"{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"w","input":{"city":"Zürich"}}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"sunny"},"#
        + #"{"type":"text","text":"Thanks"}]}],"#
        + #""tools":[{"name":"w","description":"Weather","input_schema":{"type":"object"}}],"#
        + #""tool_choice":{"type":"tool","name":"w","disable_parallel_tool_use":true},"#
        + #""max_tokens":100,"stream":true,"stop_sequences":["END"],"top_k":5}"#
    )
  }

  @Test func `an overloaded server's error within the stream is one`() async throws {
    let error = Self.event(
      "error",
      #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#
    )
    let (early, _) = try await answer(kind: .anthropic) { _ in .answer(Self.start + error) }
    #expect(early.error?.code == .unavailable)
    let (late, _) = try await answer(kind: .anthropic) { _ in
      .answer(Self.start + Self.text(0, "half") + error)
    }
    #expect(late.text == "half")
    #expect(late.error?.code == .aborted)
  }

  @Test(arguments: ["", event("message_stop", #"{"type":"message_stop"}"#)])
  func `a stream without its end is cut off`(end: String) async throws {
    let (answer, _) = try await answer(kind: .anthropic) { _ in
      .answer(Self.start + Self.text(0, "half") + end)
    }
    #expect(answer.error?.code == .aborted)
  }

  @Test func `tools that the server calls are not the caller's`() async throws {
    let (answer, _) = try await answer(kind: .anthropic) { _ in
      .answer(
        Self.start
          + Self.block(0, #"{"type":"server_tool_use","id":"s","name":"web_search","input":{}}"#)
          + Self.block(1, #"{"type":"tool_use","id":"t","name":"f","input":{"a":1}}"#)
          + Self.end("tool_use")
      )
    }
    #expect(answer.calls == [ToolCall(id: "t", name: "f", arguments: #"{"a":1}"#)])
  }

  @Test func `messages without a text are left out, or refused by their place`() async throws {
    func request(_ messages: [ChatMessage]) -> GenerationRequest {
      GenerationRequest(input: .conversation(Conversation(messages)))
    }
    let (_, requests) = try await answer(
      to: request([
        ChatMessage(role: .system, content: " "), ChatMessage(role: .user, content: "a"),
        ChatMessage(role: .assistant, content: ""),
        ChatMessage(
          role: .assistant,
          content: "\n",
          toolCalls: [ToolCall(id: "c", name: "f", arguments: "{}")]
        ), ChatMessage(role: .tool, content: "", toolCallID: "c"),
        ChatMessage(role: .user, content: ""),
      ]),
      kind: .anthropic
    ) { _ in .refusal("400 Bad Request") }
    let body = try #require(requests.first).body
    #expect(!body.contains("system"))
    #expect(
      body.contains(
        #""messages":[{"role":"user","content":[{"type":"text","text":"a"}]},"#
          + #"{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{}}]},"#
          + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":""}]}]"#
      )
    )
    let empty = request([
      ChatMessage(role: .user, content: "a"), ChatMessage(role: .user, content: " \t"),
    ])
    let upstream = try await FakeUpstream.start { _, _ in [] }
    try await withGenerator(.of(upstream, kind: .anthropic)) { generator -> Void in
      await #expect {
        try await generator.generate(empty)
      } throws: {
        ($0 as? GenerationError)?.message.contains("messages[1].content is empty") == true
      }
    }
    try await upstream.stop()
  }

  @Test func `a system message in the middle has no place`() async throws {
    let messages = [
      ChatMessage(role: .user, content: "a"), ChatMessage(role: .system, content: "b"),
    ]
    let request = GenerationRequest(input: .conversation(Conversation(messages)))
    let upstream = try await FakeUpstream.start { _, _ in [] }
    try await withGenerator(.of(upstream, kind: .anthropic)) { generator -> Void in
      await #expect {
        try await generator.generate(request)
      } throws: {
        ($0 as? GenerationError)?.message.contains("messages[1].role") == true
      }
    }
    try await upstream.stop()
  }
}
