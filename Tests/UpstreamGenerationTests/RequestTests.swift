import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// What is sent to servers, and what is refused before.
@Suite struct RequestTests {
  /// What a server gets.
  private static func sent(
    _ request: GenerationRequest,
    to kind: UpstreamKind
  ) async throws -> FakeUpstream.Request {
    let (_, requests) = try await answer(to: request, kind: kind) { _ in
      .answer(Events.answer("ok"))
    }
    return try #require(requests.first)
  }

  private static func error(
    of request: GenerationRequest,
    _ kind: UpstreamKind
  ) async throws -> GenerationError? {
    let upstream = try await FakeUpstream.start { _, _ in .answer(Events.answer("ok")) }
    let error = try await withGenerator(.of(upstream, kind: kind)) { generator in
      do throws(GenerationError) {
        _ = try await generator.generate(request)
        return GenerationError?.none
      } catch {
        return error
      }
    }
    #expect(upstream.requests.isEmpty)
    try await upstream.stop()
    return error
  }

  private static func chat(_ change: (inout GenerationRequest) -> Void) -> GenerationRequest {
    var request = GenerationRequest.chat()
    change(&request)
    return request
  }

  /// A conversation with two tools, "f" and "g".
  private static func tools(choice: ToolChoice) -> GenerationRequest {
    GenerationRequest(
      input: .conversation(
        Conversation(
          [ChatMessage(role: .user, content: "a")],
          tools: ["f", "g"].map { Tool(name: $0, description: "", parameters: "") },
          toolChoice: choice
        )
      )
    )
  }

  @Test(arguments: [
    (UpstreamKind.openai, "grammar", chat { $0.constraint = .grammar("root ::= \"a\"") }),
    (
      .openai, "top_k",
      chat {
        $0.sampling.topK = 3
        $0.sampling.given = .topK
      }
    ),
    (.openai, "deterministic", chat { $0.deterministic = true }),
    (.openai, "min_tokens", chat { $0.sampling.minTokens = 3 }),
    (.openai, "max_tokens 0", chat { $0.maxTokens = 0 }),
    (.openai, "prompt_logprobs", chat { $0.promptLogprobs = 1 }),
    (.openai, "echo", chat { $0.echo = true }),
    (.openai, "prompt_token_ids", GenerationRequest(input: .tokens([1, 2]))),
    (
      .openai, "assistant",
      GenerationRequest(
        input: .conversation(Conversation([ChatMessage(role: .assistant, content: "So ")]))
      )
    ),
    (.anthropic, "logit_bias", chat { $0.sampling.logitBias = [1: 2] }),
    (.anthropic, "logprobs", chat { $0.logprobs = 1 }),
    (.anthropic, "n", chat { $0.n = 2 }),
    (.anthropic, "json_schema", chat { $0.constraint = .jsonSchema("{}") }),
    (.anthropic, "seed", chat { $0.sampling.seed = 1 }),
    (.ollama, "n", chat { $0.n = 2 }),
    (.ollama, "tool_choice", tools(choice: .required)),
    (.ollama, "tool_choice", tools(choice: .named("g"))),
    (.tgi, "presence_penalty", chat { $0.sampling.presencePenalty = 0.5 }),
    (.tgi, "logprobs", GenerationRequest(input: .prompt("a"), logprobs: 1)),
    (
      .openai, "repeat_last_n",
      chat {
        $0.sampling.presencePenalty = 0.5
        $0.sampling.repeatLastN = -1
      }
    ),
    (
      .sglang, "max_tokens",
      GenerationRequest(input: .prompt("a"), maxTokens: 4096, fillsContext: true)
    ),
    (.vllm, "deterministic", chat { $0.deterministic = true }),
  ])
  func `what a server would ignore is refused by name`(
    kind: UpstreamKind,
    field: String,
    request: GenerationRequest
  ) async throws {
    let error = try #require(try await Self.error(of: request, kind))
    #expect(error.code == .unsupported)
    #expect(error.message.contains(field))
    #expect(error.message.contains(kind.rawValue))
  }

  @Test func `a schema that is not JSON is refused with its place`() async throws {
    let tool = Tool(name: "f", description: "", parameters: "{")
    let request = GenerationRequest(
      input: .conversation(Conversation([ChatMessage(role: .user, content: "a")], tools: [tool]))
    )
    for kind in [UpstreamKind.openai, .anthropic] {
      let error = try await Self.error(of: request, kind)
      #expect(error?.code == .invalidRequest)
      #expect(error?.message.contains("tools[0].parameters") == true)
    }
  }

  @Test func `options of chats have the names of each kind`() async throws {
    let request = Self.chat { request in
      request.sampling = SamplingOptions(
        temperature: 0.5,
        topK: 7,
        topP: 0.9,
        minP: 0.1,
        repeatPenalty: 1.5,
        presencePenalty: 0.25,
        frequencyPenalty: -0.5,
        logitBias: [5: 1, 3: -100],
        ignoreEOS: true,
        minTokens: 2,
        seed: 42
      )
      request.sampling.given = [.temperature, .topK, .topP, .minP]
      request.stop = ["a\n", "b"]
      request.constraint = .jsonSchema(#"{"type":"object"}"#)
    }
    let common = #""temperature":0.5,"top_p":0.9,"top_k":7,"min_p":0.1,"#
    let rest =
      #""presence_penalty":0.25,"frequency_penalty":-0.5,"seed":42,"ignore_eos":true,"min_tokens":2,"#
      + #""logit_bias":{"3":-100.0,"5":1.0},"response_format":{"type":"json_schema","json_schema":"#
      + #"{"name":"answer","strict":true,"schema":{"type":"object"}}}}"#
    let start = #""stop":["a\u000a","b"],"#
    let vllm = try await Self.sent(request, to: .vllm).body
    #expect(vllm.contains(#""max_tokens":50"#))
    #expect(vllm.contains(start + common + #""repetition_penalty":1.5,"# + rest))
    #expect(vllm.contains(#""continuous_usage_stats":true"#))
    let tokenwire = try await Self.sent(request, to: .tokenwire).body
    #expect(tokenwire.contains(start + common + #""repeat_penalty":1.5,"# + rest))
  }

  @Test func `defaults of the API are not sent in place of the server's`() async throws {
    let body = try await Self.sent(.chat(), to: .vllm).body
    for name in ["temperature", "top_p", "top_k", "min_p", "penalty", "seed"] {
      #expect(!body.contains(name))
    }
  }

  @Test func `prompts go where the kind takes them`() async throws {
    let prompt = GenerationRequest(input: .prompt("Once \"upon\""), maxTokens: 5, echo: true)
    let (continued, requests) = try await answer(to: prompt, kind: .llamaServer) { _ in
      .answer(
        "data: {\"choices\":[{\"index\":0,\"text\":\" a time\",\"finish_reason\":\"stop\",\"logprobs\":null}]}\n\n"
          + Events.done
      )
    }
    #expect(continued.text == "Once \"upon\" a time")
    #expect(requests[0].head.contains("POST /v1/completions"))
    #expect(requests[0].body.contains(#""prompt":"Once \"upon\"","max_tokens":5,"stream":true"#))
    let chat = try await Self.sent(prompt, to: .openai)
    #expect(chat.head.contains("POST /v1/chat/completions"))
    #expect(chat.body.contains(#""messages":[{"role":"user","content":"Once \"upon\""}]"#))
    let tokens = try await Self.sent(GenerationRequest(input: .tokens([1, 2, 3])), to: .vllm)
    #expect(tokens.body.contains(#""prompt":[1,2,3]"#))
  }

  @Test(arguments: [
    (UpstreamKind.vllm, true), (.sglang, true), (.llamaServer, true), (.tokenwire, false),
    (.ollama, false),
  ])
  func `servers that need to be told continue a text of the assistant`(
    kind: UpstreamKind,
    isTold: Bool
  ) async throws {
    let request = GenerationRequest(
      input: .conversation(
        Conversation([
          ChatMessage(role: .user, content: "a"), ChatMessage(role: .assistant, content: "So "),
        ])
      )
    )
    let body = try await Self.sent(request, to: kind).body
    let member = #""continue_final_message":true,"add_generation_prompt":false"#
    #expect(body.contains(member) == isTold)
  }

  @Test(arguments: [UpstreamKind.openai, .azure, .vllm, .ollama, .tokenwire])
  func `a chat without a limit leaves it to the server`(kind: UpstreamKind) async throws {
    let request = Self.chat { request in
      request.maxTokens = Int(Int32.max)
      request.fillsContext = true
    }
    let body = try await Self.sent(request, to: kind).body
    #expect(!body.contains("max_tokens"))
    #expect(!body.contains("max_completion_tokens"))
    let upstream = try await FakeUpstream.start { _, _ in .answer(Events.answer("ok")) }
    var model = UpstreamModel.of(upstream, kind: kind)
    model.defaults.maxTokens = 77
    _ = try await withGenerator(model) { generator in
      await Answer(of: try await generator.generate(request))
    }
    #expect(try #require(upstream.requests.first).body.contains(#"_tokens":77"#))
    try await upstream.stop()
  }

  @Test(arguments: [
    (UpstreamKind.vllm, #""max_tokens":null"#), (.compatible, #""max_tokens":null"#),
    (.llamaServer, #""max_tokens":-1"#), (.tokenwire, #""max_tokens":-1"#),
  ])
  func `a prompt without a limit says so`(kind: UpstreamKind, member: String) async throws {
    let request = GenerationRequest(
      input: .prompt("a"),
      maxTokens: Int(Int32.max),
      fillsContext: true
    )
    #expect(try await Self.sent(request, to: kind).body.contains(member))
  }

  @Test func `any object is asked for as each kind takes it`() async throws {
    let request = Self.chat {
      $0.constraint = .jsonSchema(#"{"type": "object", "additionalProperties": true}"#)
    }
    for kind in [UpstreamKind.openai, .azure] {
      let body = try await Self.sent(request, to: kind).body
      #expect(body.contains(#""response_format":{"type":"json_object"}}"#))
    }
    #expect(try await Self.sent(request, to: .vllm).body.contains(#""additionalProperties":true"#))
    let prompt = GenerationRequest(
      input: .prompt("a"),
      constraint: .jsonSchema(#"{"type":"string"}"#)
    )
    let body = try await Self.sent(prompt, to: .llamaServer).body
    #expect(body.contains(#""json_schema":{"type":"string"}"#))
  }

  @Test func `the choice of a tool has the form that each kind follows`() async throws {
    let f = #""tools":[{"type":"function","function":{"name":"f","#
    let named = Self.tools(choice: .named("g"))
    #expect(
      try await Self.sent(named, to: .vllm).body
        .contains(#""tool_choice":{"type":"function","function":{"name":"g"}}"#)
    )
    let llama = try await Self.sent(named, to: .llamaServer).body
    #expect(!llama.contains(f))
    #expect(llama.contains(#""name":"g""#))
    #expect(llama.contains(#""tool_choice":"required""#))
    let none = Self.tools(choice: .none)
    #expect(try await !Self.sent(none, to: .ollama).body.contains("tool"))
    #expect(try await Self.sent(none, to: .vllm).body.contains(#""tool_choice":"none""#))
    #expect(try await Self.sent(Self.tools(choice: .auto), to: .ollama).body.contains(f))
  }

  @Test func `how far penalties reach is sent with each of them`() async throws {
    let request = Self.chat { request in
      request.sampling.frequencyPenalty = 0.5
      request.sampling.repeatLastN = -1
    }
    #expect(try await Self.sent(request, to: .llamaServer).body.contains(#""repeat_last_n":-1"#))
  }

  @Test func `Azure's paths have the deployment and the version`() async throws {
    let upstream = try await FakeUpstream.start { _, _ in .answer(Events.answer("ok")) }
    var model = UpstreamModel.of(upstream, kind: .azure)
    model.apiVersion = "2024-10-21"
    model.name = "my gpt"
    let answer = try await withGenerator(model) { generator in
      await Answer(of: try await generator.generate(.chat()))
    }
    #expect(answer.text == "ok")
    let head = try #require(upstream.requests.first?.head)
    #expect(
      head.contains(
        "/v1/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21 HTTP/1.1"
      )
    )
    #expect(head.contains("api-key: sk-very"))
    try await upstream.stop()
  }

  @Test func `a conversation keeps its calls and results`() async throws {
    let request = GenerationRequest(
      input: .conversation(
        Conversation(
          [
            ChatMessage(role: .developer, content: "Be brief."),
            ChatMessage(
              role: .assistant,
              content: "",
              reasoning: "hm",
              toolCalls: [ToolCall(id: "c", name: "f", arguments: "{}")]
            ), ChatMessage(role: .tool, content: "3", toolCallID: "c"),
          ],
          tools: [Tool(name: "f", description: "", parameters: "")],
          toolChoice: .required
        )
      )
    )
    let call =
      #""tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},"#
      + #"{"role":"tool","content":"3","tool_call_id":"c"}],"tools":[{"type":"function","function":"#
      + #"{"name":"f","parameters":{"type":"object","properties":{}}}}],"tool_choice":"required""#
    let openai = try await Self.sent(request, to: .openai).body
    #expect(openai.contains(#"{"role":"developer","content":"Be brief."}"#))
    #expect(openai.contains(#"{"role":"assistant","content":null,"# + call))
    let vllm = try await Self.sent(request, to: .vllm).body
    #expect(vllm.contains(#"{"role":"system","content":"Be brief."}"#))
    #expect(vllm.contains(#""reasoning_content":"hm","reasoning":"hm","# + call))
  }

  @Test func `the length of the context is what the servers tell`() async throws {
    let upstream = try await FakeUpstream.start(
      models: .answer(
        #"{"object":"list","data":[{"id":"other"},{"id":"there","max_model_len":4096}]}"#,
        type: "application/json"
      )
    ) { _, _ in [] }
    try await withGenerator(.of(upstream)) { generator in
      while generator.model.contextLength != 4096 { await Task.yield() }
    }
    try await upstream.stop()
  }
}
