import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// How servers elsewhere are asked to think, and to keep prompts.
@Suite struct ReasoningTests {
  private static func chat(
    _ reasoning: Reasoning = .auto,
    _ effort: ReasoningEffort? = nil,
    budget: Int? = nil,
    limit: Int? = nil
  ) -> GenerationRequest {
    var request = GenerationRequest(
      input: .conversation(
        Conversation(
          [ChatMessage(role: .user, content: "a")],
          reasoning: reasoning,
          reasoningEffort: effort,
          maximumReasoningTokens: budget
        )
      )
    )
    request.fillsContext = limit == nil
    if let limit { request.maxTokens = limit }
    return request
  }

  /// What a server is sent that refuses some requests, and the error of the last.
  private static func bodies(
    _ kind: UpstreamKind,
    _ requests: [GenerationRequest],
    refusals: [String] = [],
    defaults: UpstreamDefaults = UpstreamDefaults()
  ) async throws -> (bodies: [String], error: GenerationError?) {
    let upstream = try await FakeUpstream.start { _, number in
      number < refusals.count
        ? .refusal("400 Bad Request", #"{"error":{"message":"\#(refusals[number])"}}"#)
        : .answer(
          kind == .anthropic
            ? AnthropicTests.start + AnthropicTests.text(0, "b") + AnthropicTests.end("end_turn")
            : Events.answer("b")
        )
    }
    var model = UpstreamModel.of(upstream, kind: kind)
    model.defaults = defaults
    let error = try await withGenerator(model) { generator in
      var error: GenerationError?
      for request in requests {
        do {
          error = await Answer(of: try await generator.generate(request)).error
        } catch let refusal as GenerationError {
          error = refusal
        }
      }
      return error
    }
    try await upstream.stop()
    return (upstream.requests.map(\.body), error)
  }

  @Test(
    arguments: [
      (.openai, .on, .high, #""reasoning_effort":"high""#),
      (.openai, .off, nil, #""reasoning_effort":"none""#),
      (.azure, .on, .minimal, #""reasoning_effort":"minimal""#),
      (.ollama, .off, nil, #""reasoning_effort":"none""#),
      (.compatible, .on, .low, #""reasoning_effort":"low""#),
      (.vllm, .on, nil, #""chat_template_kwargs":{"enable_thinking":true,"thinking":true}"#),
      (.vllm, .on, .low, #""reasoning_effort":"low""#),
      (.sglang, .off, .low, #""chat_template_kwargs":{"enable_thinking":false,"thinking":false}"#),
      (
        .llamaServer, .on, .low,
        #""chat_template_kwargs":{"enable_thinking":true,"thinking":true,"reasoning_effort":"low"}"#
      ),
      (.tokenwire, .on, .max, #""reasoning_effort":"max""#),
    ] as [(UpstreamKind, Reasoning, ReasoningEffort?, String)]
  )
  func `a server is asked in its words`(
    kind: UpstreamKind,
    reasoning: Reasoning,
    effort: ReasoningEffort?,
    words: String
  ) async throws {
    let sent = try await Self.bodies(kind, [Self.chat(reasoning, effort)])
    #expect(sent.bodies.first?.contains(words) == true, "\(sent.bodies)")
    let silent = try await Self.bodies(kind, [Self.chat()])
    #expect(silent.bodies.first?.contains("reasoning_effort") == false)
    #expect(silent.bodies.first?.contains("chat_template_kwargs") == false)
  }

  @Test func `an effort that a server would ignore is refused`() async throws {
    let sent = try await Self.bodies(.tgi, [Self.chat(.on, .low)])
    #expect(sent.error?.code == .unsupported)
    #expect(sent.error?.message.contains("reasoning_effort") == true)
    #expect(sent.bodies.isEmpty)
  }

  // MARK: Anthropic

  private static let adaptive = #""thinking":{"type":"adaptive"}"#

  @Test(
    arguments: [
      (.auto, nil, nil, #""stream":true}"#), (.on, nil, nil, adaptive + "}"),
      (.off, nil, nil, #""thinking":{"type":"disabled"}}"#),
      (.on, .minimal, nil, adaptive + #","output_config":{"effort":"low"}}"#),
      (.auto, .max, nil, #""stream":true,"output_config":{"effort":"max"}}"#),
      (
        .on, .high, 2048,
        #""thinking":{"type":"enabled","budget_tokens":2048},"output_config":{"effort":"high"}}"#
      ),
    ] as [(Reasoning, ReasoningEffort?, Int?, String)]
  )
  func `Anthropic's models are asked in theirs`(
    reasoning: Reasoning,
    effort: ReasoningEffort?,
    budget: Int?,
    end: String
  ) async throws {
    let sent = try await Self.bodies(.anthropic, [Self.chat(reasoning, effort, budget: budget)])
    #expect(sent.bodies.first?.contains(end) == true, "\(sent.bodies)")
  }

  @Test func `a call that is demanded comes without thoughts`() async throws {
    let conversation = Conversation(
      [ChatMessage(role: .user, content: "a")],
      tools: [Tool(name: "f", description: "", parameters: "")],
      toolChoice: .required,
      reasoning: .on
    )
    let request = GenerationRequest(input: .conversation(conversation))
    let body = try await Self.bodies(.anthropic, [request]).bodies[0]
    #expect(body.contains(#""tool_choice":{"type":"any"}"#))
    #expect(!body.contains("thinking"))
  }

  @Test func `a model that knows budgets alone is sent them once that is known`() async throws {
    let sent = try await Self.bodies(
      .anthropic,
      [
        Self.chat(.on, .low), Self.chat(.on), Self.chat(.on, .max, limit: 6000),
        Self.chat(.on, limit: 50),
      ],
      refusals: [
        "adaptive thinking is not supported on this model",
        "This model does not support the effort parameter.",
      ]
    )
    #expect(sent.error == nil)
    #expect(sent.bodies.count == 6)
    #expect(sent.bodies.dropFirst(2).allSatisfy { !$0.contains("output_config") })
    func budget(_ tokens: Int) -> String {
      #""thinking":{"type":"enabled","budget_tokens":\#(tokens)}"#
    }
    #expect(sent.bodies[2].contains(budget(2048)))
    #expect(sent.bodies[2].contains(#""max_tokens":6144"#))
    #expect(sent.bodies[3].contains(budget(8192)))
    #expect(sent.bodies[4].contains(budget(3000)))
    // There is no room to think.
    #expect(!sent.bodies[5].contains("thinking"))
  }

  @Test func `a model that knows no budgets decides itself`() async throws {
    let sent = try await Self.bodies(
      .anthropic,
      [Self.chat(.on, budget: 2048), Self.chat(.on, budget: 2048)],
      refusals: [
        "thinking.type.enabled is not supported for this model. Use thinking.type.adaptive and output_config.effort."
      ]
    )
    #expect(sent.error == nil)
    #expect(sent.bodies.count == 3)
    #expect(sent.bodies.dropFirst().allSatisfy { $0.contains(Self.adaptive) })
  }

  @Test func `thoughts have their room beside a text whose limit its caller has not named`()
    async throws
  {
    let defaults = UpstreamDefaults(maxTokens: 1000)
    let sent = try await Self.bodies(
      .anthropic,
      [Self.chat(.on, budget: 2048), Self.chat(.on), Self.chat()],
      defaults: defaults
    )
    #expect(sent.bodies[0].contains(#""max_tokens":3048"#))
    #expect(sent.bodies[1].contains(#""max_tokens":17384"#))
    #expect(sent.bodies[2].contains(#""max_tokens":1000"#))
    let refused = try await Self.bodies(.anthropic, [Self.chat(.on, budget: 2048, limit: 2048)])
    #expect(refused.error?.code == .invalidRequest)
    #expect(refused.error?.message.contains("less than max_tokens, which is 2048") == true)
    #expect(refused.bodies.isEmpty)
  }

  @Test(
    arguments: [
      ([], #""temperature":0.5"#), ([.temperature], #""temperature":0.25"#),
      ([.topP], #""top_p":0.75"#),
    ] as [(SamplingOptions.Given, String)]
  )
  func `what the caller names of temperature and top_p is sent alone`(
    given: SamplingOptions.Given,
    sent: String
  ) async throws {
    var request = Self.chat()
    request.sampling.temperature = 0.25
    request.sampling.topP = 0.75
    request.sampling.given = given
    let defaults = UpstreamDefaults(temperature: 0.5)
    let bodies = try await Self.bodies(.anthropic, [request], defaults: defaults).bodies
    let numbers = bodies[0].split(separator: ",").filter {
      $0.contains("temperature") || $0.contains("top_p")
    }
    #expect(numbers.count == 1)
    #expect(bodies[0].contains(sent))
  }

  @Test func `the ids of other models' calls are written as Anthropic takes them`() async throws {
    func call(_ id: Identifier) -> ToolCall { ToolCall(id: id, name: "f", arguments: "{}") }
    func result(_ id: Identifier) -> ChatMessage {
      ChatMessage(role: .tool, content: "1", toolCallID: id)
    }
    let request = GenerationRequest(
      input: .conversation(
        Conversation([
          ChatMessage(role: .user, content: "a"),
          ChatMessage(
            role: .assistant,
            content: "",
            toolCalls: [call("f.a:0"), call("f_a_0"), call("ü")]
          ),
          result("f.a:0"), result("f_a_0"), result("ü"),
        ])
      )
    )
    let body = try await Self.bodies(.anthropic, [request]).bodies[0]
    for id in ["call_662e613a30", "f_a_0", "call_c3bc"] {
      #expect(body.contains(#""type":"tool_use","id":"\#(id)""#))
      #expect(body.contains(#""type":"tool_result","tool_use_id":"\#(id)""#))
    }
  }

  @Test(arguments: [UpstreamKind.openai, .anthropic])
  func `a server is asked to keep to the schemas of strict tools`(kind: UpstreamKind) async throws {
    let tools = [
      Tool(name: "f", description: "", parameters: #"{"type":"object"}"#, isStrict: true),
      Tool(name: "g", description: "", parameters: #"{"type":"object"}"#),
    ]
    let conversation = Conversation([ChatMessage(role: .user, content: "a")], tools: tools)
    let request = GenerationRequest(input: .conversation(conversation))
    let body = try await Self.bodies(kind, [request]).bodies[0]
    #expect(body.contains(#"{"type":"object"},"strict":true}"#))
    #expect(body.split(separator: "\"strict\"").count == 2)
  }

  @Test func `a prompt is kept with its beginning, and up to its end`() async throws {
    let messages = [
      ChatMessage(role: .system, content: "s"), ChatMessage(role: .user, content: "a"),
      ChatMessage(role: .assistant, content: "b"), ChatMessage(role: .user, content: "c"),
    ]
    let mark = #","cache_control":{"type":"ephemeral"}"#
    let requests = [true, false].map { keeps in
      GenerationRequest(input: .conversation(Conversation(messages, cachesPrompt: keeps)))
    }
    let bodies = try await Self.bodies(.anthropic, requests).bodies
    #expect(bodies[0].contains(#""system":[{"type":"text","text":"s"\#(mark)}]"#))
    #expect(bodies[0].contains(#"{"type":"text","text":"a"}"#))
    #expect(bodies[0].contains(#"{"type":"text","text":"c"\#(mark)}"#))
    #expect(bodies[1].contains(#""system":"s""#))
    #expect(!bodies[1].contains("cache_control"))
  }
}
