import Generation
import Identifiers
import Testing

@Suite struct ScriptedAnswerReaderTests {
  private static let call = """
    <tool_call>{"name": "weather", "arguments": {"city": "Zürich}", "days": [1, 2]}}</tool_call>
    """
  private static let arguments = #"{"city": "Zürich}", "days": [1, 2]}"#

  @Test(arguments: [1, 2, 3, 5, 8, 13, 1000])
  func `thinking, text and calls are told apart, wherever tokens end`(size: Int) async throws {
    let answer = try await Self.answer(
      "<think>Hm, <b.</think>Let <me> see." + Self.call + Self.call + " ok",
      bytesPerToken: size
    )
    #expect(answer.reasoning == "Hm, <b.")
    #expect(answer.text == "Let <me> see. ok")
    #expect(answer.calls.map(\.id) == ["call_1", "call_2"])
    #expect(answer.calls.map(\.name) == ["weather", "weather"])
    #expect(answer.calls.map(\.arguments) == [Self.arguments, Self.arguments])
    #expect(answer.finished?.reason == .toolCalls)
    #expect(answer.finished?.isIncomplete == false)
    let tokens = answer.finished?.usage.completionTokens ?? 0
    #expect(answer.tokenIDs == (0 ..< Int32(tokens)).map { $0 })
  }

  @Test func `a call comes in pieces`() async throws {
    let answer = try await Self.answer(Self.call, bytesPerToken: 4)
    #expect(answer.pieces.count > 3)
    #expect(answer.pieces.dropFirst().allSatisfy { $0.id == nil && $0.name == nil })
  }

  @Test func `tokens of thoughts and their marks are counted`() async throws {
    let text = "ab<think>12</think>cd"
    for (size, tokens) in [(1, 17), (2, 9), (19, 1), (1000, 1)] {
      let answer = try await Self.answer(text, bytesPerToken: size)
      #expect(answer.finished?.usage.reasoningTokens == tokens, "\(size)")
    }
    #expect(try await Self.answer("a < b").finished?.usage.reasoningTokens == 0)
  }

  @Test func `without tools that may be called, a call is text`() async throws {
    for choice in [ToolChoice.none, .named("another")] {
      let answer = try await Self.answer("<think>a</think>b" + Self.call, toolChoice: choice)
      #expect(answer.reasoning == "a")
      #expect(answer.text == "b" + Self.call)
      #expect(answer.finished?.reason == .stop)
    }
  }

  @Test func `a prompt's text stays as it is, and repeats`() async throws {
    let script = "<think>a</think>" + Self.call
    let answer = try await Self.answer(.prompt("x"), script, maxTokens: 50)
    #expect(answer.text.hasPrefix(script + script))
    #expect(answer.calls.isEmpty && answer.reasoning.isEmpty)
  }

  @Test func `a conversation's answer with calls does not repeat, one without does`() async throws {
    #expect(try await Self.answer(Self.call, maxTokens: 50).calls.count == 1)
    #expect(try await Self.answer("a b", maxTokens: 5).finished?.reason == .length)
  }

  @Test func `half a call at the end is incomplete, a whole one is not`() async throws {
    let tokens = (Self.call.utf8.count + 3) / 4
    for limit in 1 ..< tokens {
      let answer = try await Self.answer(Self.call, bytesPerToken: 4, maxTokens: limit)
      #expect(answer.finished?.reason == .length)
      let arguments = answer.calls.first?.arguments ?? ""
      #expect(Self.arguments.hasPrefix(arguments))
      // "<tool_call" alone may be text.
      let isIncomplete = arguments.utf8.count < Self.arguments.utf8.count && limit > 2
      #expect(answer.finished?.isIncomplete == isIncomplete)
      #expect(answer.text.isEmpty == (limit > 2))
    }
    let half = try await Self.answer(#"<tool_call>{"name": "f", "arguments": {"a": 1"#)
    #expect(half.finished?.reason == .stop)
    #expect(half.finished?.isIncomplete == true)
    #expect(half.calls.map(\.arguments) == [#"{"a": 1"#])
  }

  @Test(arguments: [
    "<tool_call>now</tool_call>!", "<tool_call></tool_call>",
    "<tool_call>{\"name\": 1}</tool_call>",
    "<tool_call>{\"name\": \"f\", \"arguments\": 1}</tool_call>", "</think>", "<tool_cal", "<",
  ])
  func `what is no call is text`(text: String) async throws {
    for size in [1, 7, 1000] {
      let answer = try await Self.answer("<think>a</think>" + text, bytesPerToken: size)
      #expect(answer.text == text)
      #expect(answer.calls.isEmpty)
      #expect(answer.finished?.reason == .stop)
      #expect(answer.finished?.isIncomplete == false)
    }
  }

  @Test func `ids differ from those of the conversation, and an echo is not read`() async throws {
    let earlier = ChatMessage(
      role: .assistant,
      content: "<think>",
      toolCalls: [ToolCall(id: "call_1", name: "weather", arguments: "{}")]
    )
    let answer = try await Self.answer(Self.call, messages: [earlier], echo: true)
    #expect(answer.text == "<think>\nx")
    #expect(answer.calls.map(\.id) == ["call_2"])
  }

  @Test func `several texts are read each for itself`() async throws {
    let answer = try await Self.answer("<think>a</think>b" + Self.call, echo: true, n: 2)
    #expect(answer.text == "xbb")
    #expect(answer.reasoning == "aa")
    #expect(answer.pieces.compactMap(\.id) == ["call_1", "call_1"])
  }

  private struct Answer: Sendable {
    var text = ""
    var reasoning = ""
    var tokenIDs: [Int32] = []
    var pieces: [ToolCallDelta] = []
    var finished: GenerationFinished?

    /// The calls of a single text.
    var calls: [ToolCall] {
      self.pieces.reduce(into: []) { calls, piece in
        if let id = piece.id, let name = piece.name {
          #expect(piece.index == calls.count)
          calls.append(ToolCall(id: id, name: name, arguments: ""))
        }
        calls[piece.index].arguments += piece.arguments
      }
    }
  }

  private static func answer(
    _ script: String,
    messages: [ChatMessage] = [],
    toolChoice: ToolChoice = .auto,
    bytesPerToken: Int = 6,
    maxTokens: Int = 1000,
    echo: Bool = false,
    n: Int = 1
  ) async throws -> Answer {
    let conversation = Conversation(
      messages + [ChatMessage(role: .user, content: "x")],
      tools: [Tool(name: "weather", description: "", parameters: "")],
      toolChoice: toolChoice
    )
    return try await self.answer(
      .conversation(conversation),
      script,
      bytesPerToken: bytesPerToken,
      maxTokens: maxTokens,
      echo: echo,
      n: n
    )
  }

  private static func answer(
    _ input: GenerationInput,
    _ script: String,
    bytesPerToken: Int = 6,
    maxTokens: Int = 1000,
    echo: Bool = false,
    n: Int = 1
  ) async throws -> Answer {
    let generator = ScriptedGenerator(
      Script(script, bytesPerToken: bytesPerToken, repeats: true)
    )
    let request = GenerationRequest(input: input, maxTokens: maxTokens, echo: echo, n: n)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await generator.run() }
      defer { group.cancelAll() }
      var answer = Answer()
      for try await event in try await generator.generate(request) {
        switch event {
        case .delta(let delta):
          answer.text += delta.text
          answer.reasoning += delta.reasoning
          answer.tokenIDs += delta.tokenIDs
          answer.pieces += delta.toolCalls
        case .finished(let finished): answer.finished = finished
        case .started, .progress, .promptLogprobs: break
        }
      }
      return answer
    }
  }
}
