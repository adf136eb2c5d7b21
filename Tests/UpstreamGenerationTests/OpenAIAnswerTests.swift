import Generation
import Identifiers
import TestTimes
import Testing
import UpstreamGeneration

/// The traps that answers of OpenAI-compatible servers have; each was reported of a peer.
@Suite struct OpenAIAnswerTests {
  @Test func `a text, its usage and who wrote it come through`() async throws {
    let (answer, requests) = try await answer { _ in .answer(Events.answer("Hel", "lo, ", "Zürich"))
    }
    #expect(answer.text == "Hello, Zürich")
    #expect(answer.error == nil)
    #expect(answer.started?.model == "model")
    #expect(
      answer.started?.origin
        == GenerationOrigin(replica: "r1", model: "m-1", estimatedPromptTokens: 6)
    )
    let finished = try #require(answer.finished.first)
    #expect(finished.reason == .stop)
    #expect(
      finished.usage
        == TokenUsage(promptTokens: 3, completionTokens: 3, cachedTokens: 0, source: .reported)
    )
    let request = try #require(requests.first)
    #expect(request.head.contains("POST /v1/chat/completions HTTP/1.1"))
    #expect(request.head.contains("Bearer sk-very-secret-key-1234567890"))
    #expect(
      request.body
        == #"{"model":"there","messages":[{"role":"user","content":"Hello"}],"#
        + #""max_completion_tokens":50,"stream":true,"stream_options":{"include_usage":true}}"#
    )
  }

  @Test func `an answer means the same wherever its bytes are cut`() async throws {
    let body = Events.answer("Grüße", "\\n\\\"q\\\"", "🙂").replacing("\n\n", with: "\r\n\r\n")
    let bytes = Array(body.utf8)
    for size in [1, 2, 3, 7, 64] {
      let (answer, _) = try await answer { _ in
        var steps: [FakeUpstream.Step] = .beginning("")
        for start in stride(from: 0, to: bytes.count, by: size) {
          steps.append(.send(Array(bytes[start ..< min(start + size, bytes.count)])))
          if start.isMultiple(of: 64 * size) { steps.append(.pause(.microseconds(100))) }
        }
        return steps + [.close]
      }
      #expect(answer.text == "Grüße\n\"q\"🙂")
      #expect(answer.finished.first?.usage.completionTokens == 3)
    }
  }

  @Test(arguments: [
    // Comments, no space after the colon, a byte-order mark, several lines of data, other fields.
    "\u{FEFF}: hello\n\ndata:{\"choices\":[{\"index\":0,\ndata:\"delta\":{\"content\":\"ok\"}}]}\nid: 4\nretry: 1\n\n"
      + ": ping\r\rdata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\r\rdata: [DONE]\n\n",
    // A first chunk without choices, as Azure's filters send it.
    "data: {\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n"
      + Events.text("ok")
      + Events.chunk("{}", finish: "stop") + Events.done,
    // No [DONE], but the end of the text.
    Events.text("ok") + Events.chunk("{}", finish: "stop"),
    // Keepalives that are no comments, half of a surrogate pair, a name twice, parts in place of a text.
    "data:\n\ndata: null\n\nevent: ping\ndata: hello\n\n"
      + "data: {\"x\":1,\"x\":\"\\ud83d\",\"choices\":[null,{\"index\":null,\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"ok\"}]}}],"
      + "\"usage\":{\"prompt_tokens\":1.5,\"completion_tokens\":1e30}}\n\n"
      + Events.chunk("{}", finish: "stop") + "data: [DONE] \n\n",
    // What follows the end is not read.
    Events.text("ok") + Events.chunk("{}", finish: "stop") + Events.done + Events.text("more")
      + "data: nonsense\n\n",
    // Null where nothing is.
    "data: {\"model\":null,\"choices\":[{\"index\":0,\"delta\":{\"content\":null,\"tool_calls\":null}}],"
      + "\"usage\":null,\"error\":null}\n\n" + Events.text("ok")
      + Events.chunk("{\"content\":\"\"}", finish: "stop") + Events.done,
    // Empty errors.
    ["\"\"", "{}", "false", "0", "[]", "{\"code\":0,\"message\":\"\",\"param\":null}"]
      .map { "data: {\"error\":\($0),\"choices\":[]}\n\n" }.joined()
      + Events.text("ok") + Events.chunk("{}", finish: "stop") + Events.done,
    // The text under two names, with each piece the whole so far, and thoughts in parts.
    "data: {\"choices\":[{\"index\":0,\"text\":\"o\",\"delta\":{\"content\":\"o\"}}]}\n\n"
      + "data: {\"choices\":[{\"index\":0,\"message\":{\"content\":\"ok\"},\"delta\":{\"content\":\"k\"}}]}\n\n"
      + "data: {\"choices\":[{\"index\":0,\"message\":{\"content\":\"ok\"},\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
      + Events.done,
    // An index and a role are missing.
    "data: {\"choices\":[{\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"eos\"}]}\n\n"
      + Events.done,
  ])
  func `unusual streams are read`(body: String) async throws {
    let (answer, _) = try await answer { _ in .answer(body) }
    #expect(answer.text == "ok")
    #expect(answer.finished.map(\.reason) == [.stop])
    #expect(answer.error == nil)
  }

  @Test func `thoughts in parts of a text are thoughts`() async throws {
    let parts =
      #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},"#
      + #"{"type":"text","text":"ok"}]}"#
    let (answer, _) = try await answer { _ in
      .answer(Events.chunk(parts) + Events.chunk("{}", finish: "stop") + Events.done)
    }
    #expect(answer.text == "ok")
    #expect(answer.reasoning == "hm")
  }

  @Test func `a call of a tool in place of a list of them is one`() async throws {
    let call =
      #"{"tool_calls":{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}}"#
    let (answer, _) = try await answer(kind: .tgi) { _ in
      .answer(Events.chunk(call) + Events.chunk("{}", finish: "stop") + Events.done)
    }
    #expect(answer.calls == [ToolCall(id: "c", name: "f", arguments: "{}")])
    #expect(answer.finished.map(\.reason) == [.toolCalls])
  }

  @Test(arguments: [
    (
      #"{"error":{"type":"invalid_request_error","code":"unheard_of","message":"no"}}"#,
      GenerationError.Code.invalidRequest
    ),
    (
      #"{"error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"no"}}"#,
      .contextLengthExceeded
    ), (#"{"error":{"code":429,"message":"no"}}"#, .resourceExhausted),
  ])
  func `an error before the text is what its code or its type says`(
    event: String,
    code: GenerationError.Code
  ) async throws {
    let (answer, _) = try await answer { _ in .answer("data: \(event)\n\n") }
    #expect(answer.error?.code == code)
  }

  @Test func `a server that does not stream gives its whole answer`() async throws {
    let (answer, _) = try await answer { _ in
      .answer(
        #"{"model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"whole","#
          + #""reasoning_content":"thought"},"finish_reason":"stop"}],"#
          + #""usage":{"prompt_tokens":3,"completion_tokens":9}}"#,
        type: "application/json; charset=utf-8"
      )
    }
    #expect(answer.text == "whole")
    #expect(answer.reasoning == "thought")
    #expect(answer.finished.first?.usage.completionTokens == 9)
  }

  @Test(arguments: [
    (#"{"error":{"message":"the engine died","type":"server_error"}}"#, "status 500"),
    (#"{"error":"the engine died"}"#, "status 500"),
    (#"{"object":"error","message":"the engine died","error":true}"#, "status 500"),
  ])
  func `an error within an answer ends it with what came before`(
    event: String,
    words: String
  ) async throws {
    let (answer, requests) = try await answer { _ in
      .answer(Events.text("half ") + "data: \(event)\n\n" + Events.done)
    }
    #expect(answer.text == "half ")
    #expect(answer.finished.isEmpty)
    #expect(answer.error?.code == .aborted)
    #expect(answer.error?.message.contains(words) == true)
    #expect(requests.count == 1)
  }

  @Test(arguments: [
    Events.text("half "), Events.text("half ") + Events.usage(3, 1),
    Events.text("half ") + "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lost",
    Events.text("half ") + "data: nonsense\n\n",
    Events.text("half ") + "data: [1, 2]\n\n",
    // [DONE] without a reason, an empty one, and reasons of servers that have given up.
    Events.text("half ") + Events.done, Events.text("half ") + Events.chunk("{}", finish: ""),
    Events.text("half ") + Events.chunk("{}", finish: "abort") + Events.done,
    Events.text("half ") + Events.chunk("{}", finish: "error") + Events.done,
    Events.text("half ") + "data: {\"object\":\"error\",\"message\":\"no\",\"code\":50001}\n\n"
      + Events.done,
  ])
  func `an answer that breaks off is never taken for whole`(body: String) async throws {
    let (answer, requests) = try await answer { _ in .beginning(body) + [.close] }
    #expect(answer.text == "half ")
    #expect(answer.finished.isEmpty)
    #expect(answer.error?.code == .aborted)
    #expect(requests.count == 1)
  }

  @Test func `a broken connection is an error of the text, too`() async throws {
    let (answer, _) = try await answer { _ in
      .beginning(Events.text("half ")) + [.pause(.milliseconds(20)), .reset]
    }
    #expect(answer.text == "half ")
    #expect(answer.error?.code == .aborted)
  }

  @Test func `a server that dies in the middle is told as that`() async throws {
    let (answer, _) = try await answer { _ in
      let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
      let text = Events.text("half ")
      let chunk = "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
      return [.send([UInt8]((head + chunk).utf8)), .pause(.milliseconds(20)), .close]
    }
    #expect(answer.text == "half ")
    #expect(answer.error?.code == .aborted)
    #expect(answer.error?.message.contains("ended before the text did") == true)
  }

  @Test func `a silent server is given up`() async throws {
    try await withGrowingTime(from: .milliseconds(50)) { time in
      let (answer, _) = try await answer(limits: UpstreamLimits(silenceTimeout: time)) { _ in
        .beginning(Events.text("half "))
      }
      // The time was over before the answer began.
      if answer.text.isEmpty { return false }
      #expect(answer.text == "half ")
      #expect(answer.error?.code == .aborted)
      return true
    }
  }

  @Test func `an event without end is refused before it fills the memory`() async throws {
    let (answer, _) = try await answer { _ in
      .beginning("data: ")
        + Array(repeating: .send(Array(repeating: UInt8(ascii: "x"), count: 1 << 20)), count: 6)
    }
    #expect(answer.error?.code == .unavailable)
    #expect(answer.error?.message.contains("4194304 bytes") == true)
  }

  @Test func `keepalives alone are no answer`() async throws {
    let (answer, _) = try await answer { _ in .answer(": ping\n\n: ping\n\n") }
    #expect(answer.error?.code == .unavailable)
    #expect(answer.finished.isEmpty)
  }

  @Test func `usage that is not told is counted, and says so`() async throws {
    let (answer, _) = try await answer { _ in
      .answer(
        Events.text("one ") + Events.text("two ") + Events.chunk("{}", finish: "length")
          + Events.done
      )
    }
    let finished = try #require(answer.finished.first)
    #expect(finished.reason == .length)
    #expect(finished.usage.completionTokens == 2)
    #expect(finished.usage.promptTokens > 0)
    #expect(finished.usage.source == .counted)
  }

  @Test(arguments: [("content_filter", FinishReason.contentFilter), ("length", .length)])
  func `reasons are kept`(name: String, reason: FinishReason) async throws {
    let (answer, _) = try await answer { _ in .answer(Events.answer("a", finish: name)) }
    #expect(answer.finished.map(\.reason) == [reason])
  }

  @Test func `several texts keep apart`() async throws {
    var request = GenerationRequest.chat()
    request.n = 2
    let (answer, requests) = try await answer(to: request) { _ in
      .answer(
        Events.text("a", index: 0) + Events.text("b", index: 1)
          + Events.chunk("{}", finish: "stop", index: 1)
          + Events.chunk("{}", finish: "length", index: 0) + Events.usage(3, 5) + Events.done
      )
    }
    #expect(requests[0].body.contains(#""n":2"#))
    #expect(answer.finished.map(\.index) == [0, 1])
    #expect(answer.finished.map(\.reason) == [.length, .stop])
    #expect(answer.finished.reduce(0) { $0 + $1.usage.completionTokens } == 5)
  }

  @Test func `probabilities come with the bytes of their tokens`() async throws {
    var request = GenerationRequest.chat()
    request.logprobs = 1
    let (answer, requests) = try await answer(to: request) { _ in
      .answer(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ü\"},\"logprobs\":{\"content\":[{"
          + "\"token\":\"ü\",\"logprob\":-0.5,\"bytes\":[195,188],\"top_logprobs\":[{\"token\":\"u\","
          + "\"logprob\":-1.25,\"bytes\":null}]}]}}]}\n\n" + Events.chunk("{}", finish: "stop")
          + Events.done
      )
    }
    #expect(requests[0].body.contains(#""logprobs":true,"top_logprobs":1"#))
    #expect(
      answer.logprobs == [
        TokenLogprobs(
          chosen: Logprob(tokenID: -1, token: [195, 188], logprob: -0.5),
          top: [Logprob(tokenID: -1, token: [117], logprob: -1.25)]
        )
      ]
    )
  }

  @Test(arguments: ["content", "tokens"])
  func `more probabilities than a message holds are an error`(name: String) async throws {
    var request = GenerationRequest.chat()
    request.logprobs = 1
    let count = 70_000
    let many = { (element: String) in
      "[" + String(repeating: element + ",", count: count - 1) + element + "]"
    }
    let logprobs =
      name == "content"
      ? "\"content\":\(many("{}"))" : "\"tokens\":\(many("\"\"")),\"token_logprobs\":\(many("0"))"
    let (answer, _) = try await answer(to: request) { _ in
      .answer(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"logprobs\":{\(logprobs)}}]}\n\n"
          + Events.chunk("{}", finish: "stop") + Events.done
      )
    }
    #expect(answer.error?.code == .unavailable)
    #expect(answer.error?.message.contains("more than 65536 probabilities") == true)
  }

  @Test func `names that are repeated in each piece of a long call cost no more`() async throws {
    let piece = { (arguments: String) in
      "{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"\(arguments)\"}}"
    }
    let pieces =
      [piece("{\\\"a\\\":\\\"" + String(repeating: "x", count: 1 << 20))]
      + Array(repeating: piece(""), count: 20_000) + [piece("\\\"}")]
    let (answer, _) = try await answer { _ in
      .answer(
        Events.chunk("{\"tool_calls\":[\(pieces.joined(separator: ","))]}")
          + Events.chunk("{}", finish: "tool_calls") + Events.done
      )
    }
    #expect(answer.error == nil)
    #expect(answer.calls.count == 1)
    #expect(answer.calls.first?.arguments.utf8.count == (1 << 20) + 8)
  }

  // MARK: Calls of tools

  @Test(arguments: [
    // As OpenAI streams them, but ended with "stop".
    Events.chunk(
      #"{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}"#
    ) + Events.chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}"#)
      + Events.chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"#)
      + Events.chunk(
        #"{"tool_calls":[{"index":1,"id":"c2","function":{"name":"g","arguments":"{}"}}]}"#
      )
      + Events.chunk("{}", finish: "stop") + Events.done,
    // Without indexes, as Gemini's endpoint gives them.
    Events.chunk(
      #"{"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{\"a\":1}"}},"#
        + #"{"id":"c2","function":{"name":"g","arguments":"{}"}}]}"#
    ) + Events.chunk("{}", finish: "tool_calls") + Events.done,
    // The id in each piece, and the arguments as an object.
    Events.chunk(
      #"{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":"}}]}"#
    )
      + Events.chunk(
        #"{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"1}"}}]}"#
      )
      + Events.chunk(
        #"{"tool_calls":[{"index":0,"id":"c2","function":{"name":"g","arguments":{}}}]}"#
      )
      + Events.chunk("{}", finish: "tool_calls") + Events.done,
  ])
  func `calls of tools come through`(body: String) async throws {
    let (answer, _) = try await answer { _ in .answer(body) }
    #expect(
      answer.calls == [
        ToolCall(id: "c1", name: "f", arguments: "{\"a\":1}"),
        ToolCall(id: "c2", name: "g", arguments: "{}"),
      ]
    )
    #expect(answer.finished.map(\.reason) == [.toolCalls])
    #expect(answer.finished.first?.isIncomplete == false)
  }

  @Test func `a call whose id changes in the middle is one call`() async throws {
    let (answer, _) = try await answer { _ in
      .answer(
        Events.chunk(
          #"{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":"}}]}"#
        ) + Events.chunk(#"{"tool_calls":[{"index":0,"id":"c2","function":{"arguments":"1}"}}]}"#)
          + Events.chunk("{}", finish: "tool_calls") + Events.done
      )
    }
    #expect(answer.calls == [ToolCall(id: "c1", name: "f", arguments: "{\"a\":1}")])
  }

  @Test func `usage that cannot be is not believed`() async throws {
    let (answer, _) = try await answer { _ in
      .answer(
        Events.text("a") + Events.chunk("{}", finish: "stop")
          + Events.usage(3, 9_007_199_254_740_992)
          + Events.done
      )
    }
    #expect(answer.finished.first?.usage.completionTokens == 50)
  }

  @Test func `half a call is marked, and a call without id gets one`() async throws {
    let (answer, _) = try await answer { _ in
      .answer(
        Events.chunk(#"{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"a"}}]}"#)
          + Events.chunk("{}", finish: "length") + Events.done
      )
    }
    #expect(answer.calls.first?.id.isEmpty == false)
    #expect(answer.finished.map(\.reason) == [.length])
    #expect(answer.finished.first?.isIncomplete == true)
  }

  @Test func `a call without arguments has an empty object of them`() async throws {
    let (answer, _) = try await answer { _ in
      .answer(
        Events.chunk(#"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f"}}]}"#)
          + Events.chunk("{}", finish: "tool_calls") + Events.done
      )
    }
    #expect(answer.calls == [ToolCall(id: "c", name: "f", arguments: "{}")])
    #expect(answer.finished.first?.isIncomplete == false)
  }
}
