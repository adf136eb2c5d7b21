import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// What Anthropic's models think before they call tools, which they must have again with the results.
@Suite struct ThoughtTests {
  private static let thinking = AnthropicTests.block(
    0,
    #"{"type":"thinking","thinking":"","signature":""}"#,
    #"{"type":"thinking_delta","thinking":"Let me"}"#,
    #"{"type":"thinking_delta","thinking":" see"}"#,
    #"{"type":"signature_delta","signature":"sig"}"#
  )
  private static let redacted = AnthropicTests.block(
    1,
    #"{"type":"redacted_thinking","data":"secret"}"#
  )
  private static let blocks =
    #"{"type":"thinking","thinking":"Let me see","signature":"sig"},"#
    + #"{"type":"redacted_thinking","data":"secret"}"#

  private static func call(_ index: Int, _ id: String) -> String {
    AnthropicTests.block(
      index,
      #"{"type":"tool_use","id":"\#(id)","name":"w","input":{}}"#,
      #"{"type":"input_json_delta","partial_json":"{}"}"#
    )
  }

  private static func answer(_ blocks: String...) -> [FakeUpstream.Step] {
    .answer(AnthropicTests.start + blocks.joined() + AnthropicTests.end("tool_use"))
  }

  /// A conversation whose model may think.
  private static func request(
    _ messages: [ChatMessage],
    of requester: Requester = .user("a"),
    budget: Int? = 2048
  ) -> GenerationRequest {
    GenerationRequest(
      input: .conversation(
        Conversation(
          [ChatMessage(role: .user, content: "Weather?")] + messages,
          tools: [Tool(name: "w", description: "", parameters: #"{"type":"object"}"#)],
          maximumReasoningTokens: budget
        )
      ),
      maxTokens: 4096,
      requester: requester
    )
  }

  private static func results(_ ids: Identifier...) -> [ChatMessage] {
    let calls = ids.map { ToolCall(id: $0, name: "w", arguments: "{}") }
    return [ChatMessage(role: .assistant, content: "", toolCalls: calls)]
      + ids.map { ChatMessage(role: .tool, content: "sunny", toolCallID: $0) }
  }

  /// What a server is sent for requests that follow each other.
  private static func bodies(
    _ requests: [GenerationRequest],
    _ answers: [[FakeUpstream.Step]]
  ) async throws -> [String] {
    let upstream = try await FakeUpstream.start { _, number in answers[number] }
    try await withGenerator(.of(upstream, kind: .anthropic)) { generator in
      for request in requests {
        let answer = await Answer(of: try await generator.generate(request))
        #expect(answer.error == nil)
      }
    }
    try await upstream.stop()
    return upstream.requests.map(\.body)
  }

  @Test func `a model goes on with what it has thought before its calls`() async throws {
    let bodies = try await Self.bodies(
      [
        Self.request([]),
        Self.request(Self.results("c1", "c2")),
        // It has called again without a thought, as it does in the middle of a turn.
        Self.request(Self.results("c1", "c2") + Self.results("c3")),
      ],
      [
        Self.answer(Self.thinking, Self.redacted, Self.call(2, "c1"), Self.call(3, "c2")),
        Self.answer(Self.call(0, "c3")), Self.answer(AnthropicTests.text(0, "Sunny.")),
      ]
    )
    let turn =
      #"{"role":"assistant","content":["# + Self.blocks + #",{"type":"tool_use","id":"c1","#
    #expect(bodies.allSatisfy { $0.contains(#""thinking":{"type":"enabled","#) })
    #expect(!bodies[0].contains("sig"))
    #expect(bodies[1].contains(turn))
    #expect(bodies[2].contains(turn))
    #expect(bodies[2].contains(#"{"role":"assistant","content":[{"type":"tool_use","id":"c3","#))
  }

  @Test func `a turn whose thoughts are not known goes on without thinking`() async throws {
    let first = Self.request([])
    let next = [
      // It comes from elsewhere.
      Self.request(Self.results("unknown")),
      Self.request(Self.results("c1") + Self.results("unknown")),
      // Another user's.
      Self.request(Self.results("c1"), of: .user("b")),
      // Without a signature there is nothing to give back.
      Self.request(Self.results("c4")),
    ]
    let bodies = try await Self.bodies(
      [first, first] + next,
      [
        Self.answer(Self.thinking, Self.call(1, "c1")),
        Self.answer(
          AnthropicTests.block(
            0,
            #"{"type":"thinking","thinking":""}"#,
            #"{"type":"thinking_delta","thinking":"Hm"}"#
          ),
          Self.call(1, "c4")
        ),
      ] + next.map { _ in Self.answer(AnthropicTests.text(0, "Sunny.")) }
    )
    for body in bodies.dropFirst(2) { #expect(!body.contains("thinking"), "\(body)") }
  }

  @Test func `a new turn thinks, whatever those before have`() async throws {
    let rest = [
      ChatMessage(role: .assistant, content: "Sunny."),
      ChatMessage(role: .user, content: "And tomorrow?"),
    ]
    let bodies = try await Self.bodies(
      [
        Self.request(Self.results("unknown") + rest),
        Self.request(Self.results("unknown") + rest + Self.results("c1")),
      ],
      [
        Self.answer(Self.thinking, Self.call(1, "c1")),
        Self.answer(AnthropicTests.text(0, "Rain.")),
      ]
    )
    for body in bodies { #expect(body.contains(#""thinking":{"type":"enabled","#)) }
    #expect(bodies[1].contains(#"[{"type":"thinking","thinking":"Let me see","signature":"sig"},"#))
  }

  @Test func `thoughts are not sent where the model does not think`() async throws {
    let bodies = try await Self.bodies(
      [Self.request([]), Self.request(Self.results("c1"), budget: nil)],
      [
        Self.answer(Self.thinking, Self.call(1, "c1")),
        Self.answer(AnthropicTests.text(0, "Sunny.")),
      ]
    )
    #expect(!bodies[1].contains("thinking"))
  }

  @Test func `a model that thinks without being asked gets its thoughts back`() async throws {
    let bodies = try await Self.bodies(
      [Self.request([], budget: nil), Self.request(Self.results("c1"), budget: nil)],
      [
        Self.answer(Self.thinking, Self.call(1, "c1")),
        Self.answer(AnthropicTests.text(0, "Sunny.")),
      ]
    )
    #expect(bodies[1].contains(#"[{"type":"thinking","thinking":"Let me see","signature":"sig"},"#))
    #expect(bodies.allSatisfy { !$0.contains(#""thinking":{"#) })
  }

  /// Anthropic takes neither `temperature` nor `top_k` with thinking.
  @Test func `a model that thinks gets only what the request itself names`() async throws {
    let upstream = try await FakeUpstream.start { _, _ in
      Self.answer(AnthropicTests.text(0, "Sunny."))
    }
    var model = UpstreamModel.of(upstream, kind: .anthropic)
    model.defaults = UpstreamDefaults(temperature: 0.5, topP: 0.9, topK: 5)
    var named = Self.request([])
    named.sampling.topP = 0.95
    named.sampling.given = [.topP]
    let requests = [Self.request([], budget: nil), Self.request([]), named]
    try await withGenerator(model) { generator in
      for request in requests { _ = await Answer(of: try await generator.generate(request)) }
    }
    try await upstream.stop()
    let ends = upstream.requests.map(\.body).map { body in
      body.firstRange(of: "\"stream\":true").map { String(body[$0.upperBound...]) }
    }
    let thinking = #""thinking":{"type":"enabled","budget_tokens":2048}}"#
    #expect(
      ends == [
        #","temperature":0.5,"top_p":0.9,"top_k":5}"#, "," + thinking,
        #","top_p":0.95,"# + thinking,
      ]
    )
  }

  @Test func `old thoughts are forgotten, those in use are not`() async throws {
    let long = String(repeating: "x", count: 500_000)
    let thinking = AnthropicTests.block(
      0,
      #"{"type":"thinking","thinking":"","signature":""}"#,
      #"{"type":"thinking_delta","thinking":"\#(long)"}"#,
      #"{"type":"signature_delta","signature":"sig"}"#
    )
    let count = 40
    var requests: [GenerationRequest] = []
    var answers: [[FakeUpstream.Step]] = []
    for number in 0 ..< count {
      requests.append(Self.request(number == 0 ? [] : Self.results("c0")))
      answers.append(Self.answer(thinking, Self.call(1, "c\(number)")))
    }
    requests += [Self.request(Self.results("c1")), Self.request(Self.results("c0"))]
    answers += [
      Self.answer(AnthropicTests.text(0, "ok")), Self.answer(AnthropicTests.text(0, "ok")),
    ]
    let bodies = try await Self.bodies(requests, answers)
    #expect(!bodies[count].contains("thinking"))
    #expect(bodies[count + 1].contains(#""signature":"sig""#))
  }
}
