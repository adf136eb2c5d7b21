import Generation
import RPC
import TTRPC
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

@Suite struct GenerateTests {
  static let endless = GenerateRequest(input: .prompt("go"), maxTokens: .max)

  @Test func `a stream is started, deltas, finished, numbered without gaps`() async throws {
    try await withService { client in
      let request = GenerateRequest(
        input: .prompt("a b"),
        sampling: SamplingOptions(seed: 5),
        maxTokens: 4
      )
      let responses = try await client.api.generate(request).collect()
      #expect(responses.map(\.seq) == Array(0 ..< 6))
      #expect(responses.map(\.completionTokens) == [0, 1, 2, 3, 4, 4])
      #expect(responses.map(\.text).joined() == "one two threeone")
      let started = try #require(responses.first?.started)
      #expect(started.seed == 5)
      #expect(started.promptTokens == 2)
      #expect(started.model == "scripted")
      #expect(started.generationID.hasPrefix("gen-"))
      let finished = try #require(responses.last?.finished)
      #expect(finished.finishReason == .length)
      #expect(finished.usage == Usage(promptTokens: 2, completionTokens: 4))
    }
  }

  @Test func `the default limit is 150 tokens`() async throws {
    try await withService { client in
      let responses = try await client.generate("go").collect()
      #expect(responses.last?.completionTokens == 150)
    }
  }

  @Test func `stop strings and echo reach the generator`() async throws {
    try await withService { client in
      let request = GenerateRequest(input: .prompt("Say: "), stop: ["three"], echo: true)
      let responses = try await client.api.generate(request).collect()
      #expect(responses.map(\.text).joined() == "Say: one two ")
      #expect(responses.last?.finished?.finishReason == .stopSequence)
      #expect(responses.last?.finished?.matchedStop == "three")
    }
  }

  @Test func `several texts of one input have an index, and end one by one`() async throws {
    try await withService { client in
      let request = GenerateRequest(input: .prompt("a b"), maxTokens: 3, n: 2)
      let responses = try await client.api.generate(request).collect()
      #expect(responses.map(\.seq) == Array(0 ..< UInt64(responses.count)))
      #expect(responses.count { $0.started != nil } == 1)
      #expect(responses.compactMap(\.finished?.index).sorted() == [0, 1])
      #expect(responses.compactMap(\.finished?.usage?.completionTokens) == [3, 3])
      #expect(responses.last?.completionTokens == 6)
      for index in [0, 1] as [Int32] {
        let deltas = responses.filter { response in
          if case .delta(let delta) = response.event { delta.index == index } else { false }
        }
        #expect(deltas.map(\.text).joined() == "one two three")
      }
      #expect(try await client.text(request) == "one two three")
    }
  }

  @Test func `without tokens to generate, only the prompt is read`() async throws {
    try await withService { client in
      let request = GenerateRequest(input: .prompt("a b"), maxTokens: 0, stop: ["x"], n: 2)
      let responses = try await client.api.generate(request).collect()
      #expect(responses.map(\.text) == ["", "", ""])
      #expect(responses.first?.started?.promptTokens == 2)
      let ends = responses.compactMap(\.finished)
      #expect(ends.map(\.index) == [0, 1])
      #expect(ends.allSatisfy { $0.finishReason == .length })
      #expect(ends.allSatisfy { $0.usage == Usage(promptTokens: 2) })
    }
  }

  @Test func `a session's name has a limit`() async throws {
    try await withService { client in
      let name = { String(repeating: "ä", count: $0) }
      let request = GenerateRequest(input: .prompt("x"), maxTokens: 1, sessionID: name(64))
      let responses = try await client.api.generate(request).collect()
      #expect(responses.last?.completionTokens == 1)
      let message = "session_id is 130 bytes, but must be at most 128 bytes"
      await #expect(throws: CallError(.invalidArgument, message)) {
        let request = GenerateRequest(input: .prompt("x"), sessionID: name(65))
        _ = try await client.api.generate(request).collect()
      }
    }
  }

  @Test func `an idempotency key is refused`() async throws {
    try await withService { client in
      let request = GenerateRequest(input: .prompt("x"), idempotencyKey: "k")
      let message = "idempotency_key is not implemented for texts: send the request without it"
      await #expect(throws: CallError(.unimplemented, message)) {
        _ = try await client.api.generate(request).collect()
      }
    }
  }

  static let refusals: [(GenerateRequest, String)] = [
    (GenerateRequest(), "Prompt is required"),
    (GenerateRequest(input: .prompt("")), "Prompt is required"),
    (GenerateRequest(input: .prompt("x"), maxLength: 0), "max_length is 0, but must be 1 or more"),
    (GenerateRequest(input: .prompt("x"), n: 0), "n is 0, but must be from 1 to 16"),
    (GenerateRequest(input: .prompt("x"), n: 17), "n is 17, but must be from 1 to 16"),
    (GenerateRequest(input: .messages(ChatMessages())), "Prompt is required"),
    (GenerateRequest(input: .promptTokenIDs(TokenIDs())), "Prompt is required"),
    (
      GenerateRequest(
        input: .messages(ChatMessages(messages: [ChatMessage(role: "robot", content: "x")]))
      ),
      #"messages[0].role is "robot", but must be "system", "developer", "user", "assistant" or "tool""#
    ),
    (
      GenerateRequest(input: .prompt("x"), maxTokens: -1),
      "max_tokens is -1, but must be from 0 to 2147483647, the context length"
    ),
    (
      sampling(SamplingOptions(temperature: -0.5)),
      "temperature is -0.5, but must be 0 or more"
    ),
    (sampling(SamplingOptions(temperature: .nan)), "temperature is nan, but must be 0 or more"),
    (sampling(SamplingOptions(topK: -1)), "top_k is -1, but must be 0 or more"),
    (sampling(SamplingOptions(topP: 0)), "top_p is 0.0, but must be above 0 and at most 1"),
    (sampling(SamplingOptions(topP: 1.5)), "top_p is 1.5, but must be above 0 and at most 1"),
    (sampling(SamplingOptions(minP: 2)), "min_p is 2.0, but must be from 0 to 1"),
    (sampling(SamplingOptions(repeatPenalty: 0)), "repeat_penalty is 0.0, but must be above 0"),
    (sampling(SamplingOptions(repeatLastN: -2)), "repeat_last_n is -2, but must be -1 or more"),
    (
      sampling(SamplingOptions(presencePenalty: 3)),
      "presence_penalty is 3.0, but must be from -2 to 2"
    ),
    (
      sampling(SamplingOptions(frequencyPenalty: -3)),
      "frequency_penalty is -3.0, but must be from -2 to 2"
    ),
    (
      sampling(SamplingOptions(logitBias: [LogitBias(tokenID: 1, bias: 101)])),
      "logit_bias.bias is 101.0, but must be from -100 to 100"
    ),
    (
      sampling(
        SamplingOptions(logitBias: [LogitBias(tokenID: 1, bias: 1), LogitBias(tokenID: 1, bias: 2)])
      ),
      "logit_bias has the token 1 twice"
    ),
    (
      sampling(SamplingOptions(logitBias: (0 ... 300).map { LogitBias(tokenID: $0, bias: 1) })),
      "logit_bias is 301 tokens, but must be at most 300"
    ),
    (
      sampling(SamplingOptions(minTokens: -1)),
      "min_tokens is -1, but must be from 0 to 150, max_tokens"
    ),
    (
      GenerateRequest(
        input: .prompt("x"),
        sampling: SamplingOptions(minTokens: 4),
        maxTokens: 3
      ),
      "min_tokens is 4, but must be from 0 to 3, max_tokens"
    ),
    (
      GenerateRequest(input: .prompt("x"), stop: [""]),
      "stop is an empty string, but must be text of at least one character"
    ),
    (
      GenerateRequest(input: .prompt("x"), stop: Array(repeating: "s", count: 17)),
      "stop is 17 strings, but must be at most 16"
    ),
    (
      GenerateRequest(input: .prompt("x"), logprobs: 21),
      "logprobs is 21, but must be from 0 to 20"
    ),
  ]

  private static func sampling(_ options: TokenwireAPI.SamplingOptions) -> GenerateRequest {
    GenerateRequest(input: .prompt("x"), sampling: options)
  }

  @Test(arguments: refusals)
  func `a value out of range is refused by name`(
    request: GenerateRequest,
    message: String
  ) async throws {
    try await withService { client in
      _ = await #expect(throws: CallError(.invalidArgument, message)) {
        try await client.api.generate(request).collect()
      }
    }
  }

  @Test func `an unknown model is not found`() async throws {
    try await withService { client in
      let request = GenerateRequest(model: "gpt", input: .prompt("x"))
      await #expect(
        throws: CallError(
          .notFound,
          "model \"gpt\" is not known here; known: \"scripted\"",
          reason: .modelNotFound
        )
      ) {
        try await client.api.generate(request).collect()
      }
    }
  }

  @Test(arguments: [
    (GenerateRequest.Constraint.jsonSchema("{}"), "json_schema"),
    (.grammar("root ::= x"), "grammar"),
  ])
  func `constraints reach the generator, and a scripted one refuses them`(
    constraint: GenerateRequest.Constraint,
    field: String
  ) async throws {
    try await withService { client in
      let request = GenerateRequest(input: .prompt("x"), constraint: constraint)
      await #expect(
        throws: CallError(
          .invalidArgument,
          "\(field) needs a language model: this generator says a given text"
        )
      ) {
        try await client.api.generate(request).collect()
      }
    }
  }

  @Test(arguments: [
    (GenerationError.Code.invalidRequest, CallError(.invalidArgument, "because")),
    (
      .contextLengthExceeded, CallError(.invalidArgument, "because", reason: .contextLengthExceeded)
    ), (.modelNotFound, CallError(.notFound, "because", reason: .modelNotFound)),
    (.unavailable, CallError(.unavailable, "because")),
    (.internal, CallError(.internal, "because")),
  ])
  func `a generator's error reaches the caller, after what was generated`(
    code: GenerationError.Code,
    expected: CallError
  ) async throws {
    let generator = FailingGenerator(error: GenerationError(code, "because"))
    try await withService(generator) { client in
      var iterator = try await client.generate("go").makeAsyncIterator()
      let first = try await iterator.next()
      #expect(first?.text == "text")
      await #expect(throws: expected) { try await iterator.next() }
      await #expect(throws: expected) {
        try await client.api.countTokens(CountTokensRequest(input: .prompt("go")))
      }
    }
  }

  @Test func `a connection that closes frees its slots`() async throws {
    let generator = ScriptedGenerator(Script("a b", repeats: true))
    try await withEndpoint(of: generator) { endpoint in
      let client = try await TokenwireClient.connect(to: endpoint)
      var iterator = try await client.api.generate(Self.endless).makeAsyncIterator()
      _ = try await iterator.next()
      #expect(generator.activeSequences == 1)
      await client.close()
      await generator.waitUntilIdle()
    }
  }

  @Test func `a stream that is not read slows no other connection`() async throws {
    let generator = ScriptedGenerator(Script("a b", repeats: true))
    try await withEndpoint(of: generator) { endpoint in
      let stuck = try await TokenwireClient.connect(to: endpoint)
      let unread = try await stuck.api.generate(Self.endless)
      let client = try await TokenwireClient.connect(to: endpoint)
      let responses = try await client.generate("go", maxTokens: 5_000).collect()
      #expect(responses.last?.completionTokens == 5_000)
      await client.close()
      await stuck.close()
      withExtendedLifetime(unread) {}
    }
  }

  @Test func `a stream that is not read is written to its end, in few messages, and loses nothing`()
    async throws
  {
    let generator = ScriptedGenerator(Script("one two three", repeats: true))
    let options = ClientOptions(retry: .never, window: 1_000)
    try await withService(generator, options: options) { client in
      // The server learns of the client's window with the first call.
      let whole = try await client.generate("go", maxTokens: 5_000).collect()
      let unread = try await client.api.generate(
        GenerateRequest(input: .prompt("go"), maxTokens: 5_000, logprobs: 0)
      )
      // The model is free for others although nobody reads.
      await generator.waitUntilIdle()
      let responses = try await unread.collect()
      #expect(responses.map(\.text).joined() == whole.map(\.text).joined())
      #expect(responses.map(\.seq) == (0 ..< UInt64(responses.count)).map { $0 })
      #expect(responses.last?.completionTokens == 5_000)
      let tokens = responses.flatMap(\.tokenIDs)
      #expect(tokens == (0 ..< 5_000).map { Int32($0 % 3) })
      #expect(responses.count < 500)
    }
  }

  @Test func `a stream that is never read keeps a bounded amount, and ends with its caller`()
    async throws
  {
    let generator = ScriptedGenerator(Script("one two three", repeats: true))
    let options = ClientOptions(retry: .never, window: 1_000)
    try await withService(generator, options: options) { client in
      _ = try await client.generate("go", maxTokens: 1).collect()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          var iterator = try await client.api.generate(Self.endless).makeAsyncIterator()
          _ = try await iterator.next()
          // Others are served while this one waits.
          let others = try await client.generate("go", maxTokens: 5_000).collect()
          #expect(others.last?.completionTokens == 5_000)
          #expect(generator.activeSequences == 1)
        }
        try await group.waitForAll()
      }
      await generator.waitUntilIdle()
    }
  }

  @Test func `the message's timeout ends the call and frees the slot`() async throws {
    let generator = ScriptedGenerator(Script("a b", repeats: true), pace: .milliseconds(1))
    try await withService(generator) { client in
      var request = Self.endless
      request.timeoutNano = 50_000_000
      let error = await #expect(throws: CallError.self) {
        try await client.api.generate(request).collect()
      }
      #expect(error?.code == .deadlineExceeded)
      await generator.waitUntilIdle()
    }
  }

  @Test func `the envelope's timeout wins over the message's`() async throws {
    try await withService { client in
      let request = GenerateRequest(input: .prompt("go"), timeoutNano: 1)
      let options = CallOptions(timeout: .seconds(3600))
      let responses = try await client.api.generate(request, options: options).collect()
      #expect(responses.last?.finished != nil)
    }
  }
}
