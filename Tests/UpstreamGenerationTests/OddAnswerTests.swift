import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// What servers send that differs from the API's documentation, with whom it was seen.
@Suite struct OddAnswerTests {
  private static func call(
    _ arguments: String,
    name: String? = nil,
    id: String? = nil,
    index: Int? = 0
  ) -> String {
    let members = [
      index.map { "\"index\":\($0)" }, id.map { "\"id\":\"\($0)\"" },
      "\"function\":{\(name.map { "\"name\":\"\($0)\"," } ?? "")\"arguments\":\"\(arguments)\"}",
    ]
    return "{\(members.compactMap { $0 }.joined(separator: ","))}"
  }

  private static func chunk(_ calls: String...) -> String {
    Events.chunk("{\"tool_calls\":[\(calls.joined(separator: ","))]}")
  }

  private static func calls(_ chunks: String...) async throws -> [String] {
    let body =
      chunks.joined() + Events.chunk("{}", finish: "tool_calls") + Events.usage(3, 5) + Events.done
    let (answer, _) = try await answer { _ in .answer(body) }
    #expect(answer.error == nil)
    return answer.calls.map { "\($0.name) \($0.arguments)" }
  }

  // MARK: Calls of tools

  /// A fork of vLLM, and vLLM itself with ids that change (vllm#23522).
  @Test(arguments: [false, true], ["", #"\n"#])
  func `a call that is named again at its end is one`(changesID: Bool, last: String) async throws {
    func piece(_ number: Int, _ arguments: String) -> String {
      Self.chunk(Self.call(arguments, name: "f", id: changesID ? "c\(number)" : nil))
    }
    let calls = try await Self.calls(
      piece(0, #"{\"a\": "#),
      piece(1, #"\"x\""#),
      piece(2, "}"),
      piece(3, last)
    )
    #expect(calls == [#"f {"a": "x"}"#])
  }

  @Test func `calls that share a number are told apart by what follows`() async throws {
    let calls = try await Self.calls(
      Self.chunk(Self.call("{}", name: "f", id: "a")),
      Self.chunk(Self.call("", name: "f", id: "b")),
      Self.chunk(Self.call(#"{\"x\":1}"#))
    )
    #expect(calls == ["f {}", #"f {"x":1}"#])
  }

  @Test func `calls without numbers are told apart by their ids`() async throws {
    let calls = try await Self.calls(
      Self.chunk(
        Self.call(#"{\"x\":"#, name: "f", id: "a", index: nil),
        Self.call(#"{\"y\":"#, name: "g", id: "b", index: nil)
      ),
      Self.chunk(
        Self.call("1}", id: "a", index: nil),
        Self.call("2}", id: "b", index: nil)
      )
    )
    #expect(calls == [#"f {"x":1}"#, #"g {"y":2}"#])
    let together = try await Self.calls(
      Self.chunk(Self.call("", name: "f", index: nil), Self.call("", name: "g", index: nil))
    )
    #expect(together == ["f {}", "g {}"])
  }

  @Test func `calls of a whole answer are as many as its list has`() async throws {
    let calls =
      Self.call("{bad", name: "f", id: "a", index: nil) + ","
      + Self.call("{}", name: "g", id: "b", index: nil)
    let body =
      #"{"choices":[{"index":0,"message":{"content":null,"tool_calls":[\#(calls)]},"#
      + #""finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":5}}"#
    let (answer, _) = try await answer { _ in .answer(body, type: "application/json") }
    #expect(answer.calls.map(\.name) == ["f", "g"])
    #expect(answer.calls.map(\.arguments) == ["{bad", "{}"])
    #expect(answer.finished.first?.isIncomplete == true)
  }

  // MARK: Usage

  private static func withUsage(_ text: String, _ prompt: Int, _ completion: Int) -> String {
    let usage = #","usage":{"prompt_tokens":\#(prompt),"completion_tokens":\#(completion)}}"#
    return Events.text(text).trimmingEnd("}\n\n") + usage + "\n\n"
  }

  /// LocalAI#1886 has zeros in each chunk; others a number in the first alone.
  @Test(arguments: [[(0, 0), (0, 0)], [(3, 0), nil], [(3, 1), nil]] as [[(Int, Int)?]])
  func `usage of a beginning is none`(told: [(Int, Int)?]) async throws {
    let pieces = zip(["one ", "two "], told).map { text, usage in
      usage.map { Self.withUsage(text, $0.0, $0.1) } ?? Events.text(text)
    }
    let body = pieces.joined() + Events.chunk("{}", finish: "stop") + Events.done
    let (answer, _) = try await answer { _ in .answer(body) }
    let usage = try #require(answer.finished.first?.usage)
    #expect(usage.completionTokens == 2)
    #expect(usage.promptTokens > 0)
    #expect(usage.source == .counted)
  }

  @Test func `usage that cannot be is cut to what can`() async throws {
    let body =
      Events.text("a") + Events.chunk("{}", finish: "stop")
      + #"data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"#
      + #""prompt_tokens_details":{"cached_tokens":9},"completion_tokens_details":{"reasoning_tokens":7}}}"#
      + "\n\n" + Events.done
    let (answer, _) = try await answer { _ in .answer(body) }
    let usage = try #require(answer.finished.first?.usage)
    #expect(usage.cachedTokens == 3)
    #expect(usage.reasoningTokens == 2)
    #expect(usage.source == .reported)
  }

  /// hebo-gateway#187 repeats the input alone, DashScope (rust-genai#258) tells the cache at the end.
  @Test(arguments: [
    (
      #""input_tokens":5,"cache_creation_input_tokens":100,"cache_read_input_tokens":1000"#,
      #""input_tokens":5,"#
    ),
    (#""input_tokens":5"#, #""cache_creation_input_tokens":100,"cache_read_input_tokens":1000,"#),
  ])
  func `Anthropic's usage is what all events tell`(start: String, end: String) async throws {
    let body =
      AnthropicTests.event(
        "message_start",
        #"{"type":"message_start","message":{"usage":{\#(start),"output_tokens":1}}}"#
      ) + AnthropicTests.text(0, "a")
      + AnthropicTests.event(
        "message_delta",
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{\#(end)"output_tokens":30}}"#
      ) + AnthropicTests.event("message_stop", #"{"type":"message_stop"}"#)
    let (answer, _) = try await answer(kind: .anthropic) { _ in .answer(body) }
    let usage = try #require(answer.finished.first?.usage)
    #expect(usage.promptTokens == 1105)
    #expect(usage.cachedTokens == 1000)
    #expect(usage.completionTokens == 30)
  }

  // MARK: Ends

  /// DeepSeek's.
  @Test func `a server that gave up has not ended a text`() async throws {
    let body =
      Events.text("Half") + Events.chunk("{}", finish: "insufficient_system_resource")
      + Events.done
    let (answer, _) = try await answer { _ in .answer(body) }
    #expect(answer.error?.code == .aborted)
    #expect(answer.finished.isEmpty)
  }

  @Test(
    arguments: [
      ("STOP", .stop), ("MAX_TOKENS", .length), ("RECITATION", .contentFilter),
      ("SAFETY", .contentFilter),
    ] as [(String, FinishReason)]
  )
  func `reasons are read in the words of other APIs`(
    word: String,
    reason: FinishReason
  )
    async throws
  {
    let body = Events.text("a") + Events.chunk("{}", finish: word) + Events.done
    let (answer, _) = try await answer { _ in .answer(body) }
    #expect(answer.finished.first?.reason == reason)
  }

  @Test(arguments: [nil, FakeUpstream.Step.reset])
  func `a text that is whole has ended, whatever its connection does`(
    end: FakeUpstream.Step?
  )
    async throws
  {
    let body = Events.text("a") + Events.chunk("{}", finish: "stop") + Events.usage(3, 1)
    let limits = UpstreamLimits(silenceTimeout: .seconds(3600))
    let (answer, _) = try await answer(limits: limits) { _ in
      .beginning(body) + [.pause(.milliseconds(20))] + (end.map { [$0] } ?? [])
    }
    #expect(answer.error == nil)
    #expect(answer.finished.first?.usage.source == .reported)
  }

  // MARK: Forms

  /// openclaw#96497, sub2api#2826.
  @Test func `events are read, whatever they are called`() async throws {
    let (answer, _) = try await answer { _ in
      .answer(Events.answer("a ", "b"), type: "application/json")
    }
    #expect(answer.text == "a b")
    #expect(answer.error == nil)
  }

  @Test func `a whole answer is read, whatever it is called`() async throws {
    let body =
      "\n" + #"{"choices":[{"index":0,"message":{"content":"ab"},"finish_reason":"stop"}],"#
      + #""usage":{"prompt_tokens":3,"completion_tokens":1}}"#
    let (answer, _) = try await answer { _ in .answer(body, type: "text/plain") }
    #expect(answer.text == "ab")
    #expect(answer.finished.first?.usage.promptTokens == 3)
  }

  @Test func `a whole message of Anthropic's API is read`() async throws {
    let body =
      #"{"id":"msg_1","type":"message","role":"assistant","model":"m","content":["#
      + #"{"type":"thinking","thinking":"Hm","signature":"s"},{"type":"text","text":"I look."},"#
      + #"{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}],"stop_reason":"tool_use","#
      + #""stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":4}}"#
    let (answer, _) = try await answer(kind: .anthropic) { _ in
      .answer(body, type: "application/json")
    }
    #expect(answer.error == nil)
    #expect(answer.started?.origin?.model == "m")
    #expect(answer.reasoning == "Hm")
    #expect(answer.text == "I look.")
    #expect(answer.calls == [ToolCall(id: "t1", name: "f", arguments: #"{"a":1}"#)])
    #expect(answer.finished.first?.reason == .toolCalls)
    #expect(answer.finished.first?.usage.promptTokens == 10)
  }

  @Test(arguments: [#""""#, "{}", "null", "false"])
  func `an error that says nothing is none`(error: String) async throws {
    let body =
      Events.text("a").trimmingEnd("}\n\n") + ",\"error\":\(error)}\n\n"
      + Events.chunk("{}", finish: "stop") + Events.usage(3, 1) + Events.done
    let (answer, _) = try await answer { _ in .answer(body) }
    #expect(answer.error == nil)
    #expect(answer.text == "a")
  }

  @Test func `llama-server is asked for one alternative, which callers do not get`() async throws {
    let token = #"{"token":"a","logprob":-1,"top_logprobs":[{"token":"b","logprob":-2}]}"#
    let body =
      #"data: {"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[\#(token)]}}]}"#
      + "\n\n" + Events.chunk("{}", finish: "stop") + Events.usage(3, 1) + Events.done
    var request = GenerationRequest.chat()
    request.logprobs = 0
    let (answer, requests) = try await answer(to: request, kind: .llamaServer) { _ in .answer(body)
    }
    #expect(requests[0].body.contains(#""top_logprobs":1"#))
    #expect(answer.logprobs.map(\.chosen.logprob) == [-1])
    #expect(answer.logprobs.first?.top.isEmpty == true)
  }

  @Test func `probabilities of nothing are very low, and those that are not told left out`()
    async throws
  {
    let tokens =
      #"{"token":"a","logprob":-Infinity,"top_logprobs":[{"token":"b","logprob":null},"#
      + #"{"token":"c","logprob":-1.5},{"token":"d","logprob":NaN}]},{"token":"e","logprob":null}"#
    let body =
      #"data: {"choices":[{"index":0,"delta":{"content":"ae"},"logprobs":{"content":[\#(tokens)]}}]}"#
      + "\n\n" + Events.chunk("{}", finish: "stop") + Events.usage(3, 2) + Events.done
    var request = GenerationRequest.chat()
    request.logprobs = 3
    let (answer, _) = try await answer(to: request) { _ in .answer(body) }
    #expect(answer.error == nil)
    #expect(answer.logprobs.map(\.chosen.logprob) == [-9999, -9999])
    #expect(answer.logprobs.first?.top.map(\.logprob) == [-1.5, -9999])
  }
}

extension String {
  fileprivate func trimmingEnd(_ end: String) -> String {
    String(self.dropLast(self.utf8.suffix(end.utf8.count).elementsEqual(end.utf8) ? end.count : 0))
  }
}
