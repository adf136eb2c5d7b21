import Generation
import RPC
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

@Suite struct OtherMethodsTests {
  @Test func `an aborted generation ends as cancelled, with its usage`() async throws {
    let generator = ScriptedGenerator(Script("a b", repeats: true), pace: .milliseconds(1))
    try await withService(generator) { client in
      var responses: [GenerateResponse] = []
      for try await response in try await client.api.generate(GenerateTests.endless) {
        responses.append(response)
        if responses.count == 3, let id = responses.first?.started?.generationID {
          _ = try await client.api.abort(AbortRequest(generationID: id))
        }
      }
      let last = try #require(responses.last)
      #expect(last.finished?.finishReason == .cancelled)
      #expect(last.finished?.usage?.promptTokens == 1)
      #expect(last.finished?.usage?.completionTokens == last.completionTokens)
      #expect(responses.map(\.seq) == Array(0 ..< UInt64(responses.count)))
      await generator.waitUntilIdle()
    }
  }

  @Test func `each text of an aborted generation ends as cancelled`() async throws {
    let generator = ScriptedGenerator(Script("a b", repeats: true), pace: .milliseconds(1))
    try await withService(generator) { client in
      var request = GenerateTests.endless
      request.n = 3
      var id = ""
      var ends: [Finished] = []
      for try await response in try await client.api.generate(request) {
        if let started = response.started { id = started.generationID }
        if response.seq == 3 { _ = try await client.api.abort(AbortRequest(generationID: id)) }
        if let finished = response.finished { ends.append(finished) }
      }
      #expect(ends.map(\.index) == [0, 1, 2])
      #expect(ends.allSatisfy { $0.finishReason == .cancelled })
    }
  }

  @Test func `a generation aborted within a call is incomplete, and keeps all that was written`()
    async throws
  {
    let script = #"<think>a</think>b<tool_call>{"name": "f", "arguments": {"a": ["# + " 1,"
    // Only one that does not end can be aborted within a call.
    let generator = ScriptedGenerator(
      Script(script + String(repeating: " 2,", count: 100_000)),
      pace: .milliseconds(1)
    )
    try await withService(generator) { client in
      let request = GenerateRequest(
        input: .messages(
          ChatMessages(
            messages: [ChatMessage(role: "user", content: "x")],
            tools: [Tool(name: "f")]
          )
        ),
        maxTokens: 1_000_000
      )
      var id = ""
      var responses: [GenerateResponse] = []
      for try await response in try await client.api.generate(request) {
        responses.append(response)
        if let started = response.started { id = started.generationID }
        if response.completionTokens >= 10 && !id.isEmpty {
          _ = try await client.api.abort(AbortRequest(generationID: id))
          id = ""
        }
      }
      let finished = try #require(responses.last?.finished)
      #expect(finished.finishReason == .cancelled)
      #expect(finished.incomplete)
      let deltas = responses.compactMap { response in
        if case .delta(let delta)? = response.event { delta } else { nil }
      }
      #expect(deltas.map(\.reasoningText).joined() == "a")
      #expect(deltas.map(\.text).joined() == "b")
      let calls = deltas.flatMap(\.toolCalls)
      #expect(calls.first?.name == "f")
      #expect(calls.map(\.arguments).joined().hasPrefix(#"{"a": [ 1, 2,"#))
    }
  }

  @Test func `what is not running cannot be aborted`() async throws {
    try await withService { client in
      let error = await #expect(throws: CallError.self) {
        try await client.api.abort(AbortRequest(generationID: "gen-0"))
      }
      #expect(error?.code == .notFound)
    }
  }

  @Test func `models are listed, the default first`() async throws {
    try await withService { client in
      let models = try await client.api.listModels(ListModelsRequest()).models
      #expect(models.map(\.id) == ["scripted"])
      #expect(models.map(\.isDefault) == [true])
    }
  }

  @Test func `tokens are counted`() async throws {
    try await withService { client in
      let request = CountTokensRequest(input: .prompt("three word prompt"))
      let tokens = try await client.api.countTokens(request).tokens
      #expect(tokens == 3)
      await #expect(throws: CallError(.invalidArgument, "Prompt is required")) {
        try await client.api.countTokens(CountTokensRequest())
      }
    }
  }

  @Test func `token ids are counted, and none are refused`() async throws {
    try await withService { client in
      let tokens = TokenIDs(ids: [5, 7, 11])
      let request = CountTokensRequest(input: .promptTokenIDs(tokens))
      let count = try await client.api.countTokens(request).tokens
      #expect(count == 3)
      await #expect(throws: CallError(.invalidArgument, "Prompt is required")) {
        try await client.api.countTokens(CountTokensRequest(input: .promptTokenIDs(TokenIDs())))
      }
    }
  }

  @Test func `a generator without a vocabulary knows neither tokens nor their text`() async throws {
    let unknown = CallError(
      .unimplemented,
      "This model's tokens are not known here: it has no vocabulary"
    )
    try await withService { client in
      let request = CountTokensRequest(input: .prompt("a"), returnTokens: true)
      await #expect(throws: unknown) { try await client.api.countTokens(request) }
      await #expect(throws: unknown) {
        try await client.api.detokenize(DetokenizeRequest(tokenIDs: [1]))
      }
    }
  }

  @Test func `the text of too many tokens is refused`() async throws {
    try await withService { client in
      let request = DetokenizeRequest(tokenIDs: Array(repeating: 1, count: 1 << 18 + 1))
      let message = "token_ids is 262145 tokens, but must be at most 262144"
      await #expect(throws: CallError(.invalidArgument, message)) {
        try await client.api.detokenize(request)
      }
    }
  }

  @Test func `what is not built yet says so`() async throws {
    try await withService { client in
      func expectUnimplemented(_ call: () async throws -> Void) async {
        let error = await #expect(throws: CallError.self) { try await call() }
        #expect(error?.code == .unimplemented)
      }
      await expectUnimplemented { _ = try await client.api.logRequest(LogRequestRequest()) }
      await expectUnimplemented {
        for try await _ in try await client.api.queryLogs(QueryLogsRequest()) {}
      }
    }
  }
}
