import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// What servers do not tell of tokens, and what they answer in place of it.
@Suite struct TokenRefusalTests {
  /// The error of a count by a server that answers in one way, and whether it was asked.
  private static func error(
    _ kind: UpstreamKind,
    _ input: GenerationInput = .prompt("Once"),
    _ steps: [FakeUpstream.Step] = []
  ) async throws -> (error: GenerationError?, wasAsked: Bool) {
    let upstream = try await FakeUpstream.start { _, _ in steps }
    let error = try await withGenerator(.of(upstream, kind: kind)) { generator in
      await failure { () async throws(GenerationError) in try await generator.countTokens(input) }
    }
    try await upstream.stop()
    return (error, !upstream.requests.isEmpty)
  }

  @Test(arguments: [UpstreamKind.openai, .azure, .ollama, .tgi])
  func `kinds without counts say so before anything is sent`(kind: UpstreamKind) async throws {
    let exchange = try await TokenExchange(kind, "{}") { generator in
      [
        await failure { () async throws(GenerationError) in
          try await generator.countTokens(.prompt("a"))
        },
        await failure { () async throws(GenerationError) in
          try await generator.tokens(of: .prompt("a"), requester: .anyone)
        },
        await failure { () async throws(GenerationError) in
          try await generator.text(of: [1], requester: .anyone)
        },
      ]
    }
    let names = ["CountTokens", "return_tokens", "Detokenize"]
    for (error, name) in zip(exchange.answer, names) {
      #expect(error?.code == .unsupported)
      #expect(error?.message.contains("The model \"model\" does not know \(name)") == true)
      #expect(error?.message.contains("the kind \(kind.rawValue),") == true)
    }
    #expect(exchange.requests.isEmpty)
  }

  @Test func `Anthropic tells a number alone`() async throws {
    let exchange = try await TokenExchange(.anthropic, #"{"input_tokens":1}"#) { generator in
      [
        await failure { () async throws(GenerationError) in
          try await generator.tokens(of: .wholeConversation, requester: .anyone)
        },
        await failure { () async throws(GenerationError) in
          try await generator.text(of: [1], requester: .anyone)
        },
      ]
    }
    #expect(exchange.answer.map { $0?.code } == [.unsupported, .unsupported])
    #expect(exchange.answer[0]?.message.contains("return_tokens") == true)
    #expect(exchange.answer[1]?.message.contains("Detokenize") == true)
    #expect(exchange.requests.isEmpty)
  }

  @Test func `SGLang knows no conversations`() async throws {
    let (error, wasAsked) = try await Self.error(.sglang, .wholeConversation)
    #expect(error?.code == .unsupported)
    #expect(error?.message.contains("CountTokens of messages") == true)
    #expect(!wasAsked)
  }

  @Test func `what a text would be refused for is not counted`() async throws {
    let continued = GenerationInput.conversation(
      Conversation([ChatMessage(role: .assistant, content: "So ")])
    )
    let (error, wasAsked) = try await Self.error(.compatible, continued)
    #expect(error?.code == .unsupported)
    #expect(error?.message.contains("assistant") == true)
    #expect(!wasAsked)
    let tool = Tool(name: "f", description: "", parameters: "{")
    let broken = GenerationInput.conversation(
      Conversation([ChatMessage(role: .user, content: "a")], tools: [tool])
    )
    for kind in [UpstreamKind.anthropic, .vllm, .llamaServer] {
      let (error, wasAsked) = try await Self.error(kind, broken)
      #expect(error?.code == .invalidRequest)
      #expect(error?.message.contains("tools[0].parameters") == true)
      #expect(!wasAsked)
    }
  }

  @Test(arguments: [
    (UpstreamKind.vllm, "404 Not Found", #"{"detail":"Not Found"}"#, "/tokenize (status 404)"),
    (.compatible, "405 Method Not Allowed", "", "/tokenize (status 405)"),
    (.tokenwire, "501 Not Implemented", "", "/tokenize (status 501)"),
    (.anthropic, "404 Not Found", "<html>", "/messages/count_tokens (status 404)"),
    (.llamaServer, "404 Not Found", "", "/tokenize (status 404)"),
  ])
  func `a server without the endpoint is told by name`(
    kind: UpstreamKind,
    status: String,
    body: String,
    words: String
  ) async throws {
    let (error, _) = try await Self.error(kind, .prompt("Once"), .refusal(status, body))
    #expect(error?.code == .unsupported)
    #expect(error?.message.contains("The model \"model\" does not know CountTokens") == true)
    #expect(error?.message.contains(words) == true)
  }

  @Test func `a server without the model is not one without the endpoint`() async throws {
    let (error, _) = try await Self.error(
      .vllm,
      .prompt("Once"),
      .refusal("404 Not Found", #"{"message":"The model `there` does not exist."}"#)
    )
    #expect(error?.code == .modelNotFound)
  }

  @Test(
    arguments: [
      (
        "400 Bad Request", #"{"error":"bad: sk-very-secret-key-1234567890"}"#, .invalidRequest,
        "(a key)"
      ),
      ("401 Unauthorized", "no", .failedPrecondition, "key"),
      ("302 Found", "", .failedPrecondition, "not followed"),
      ("429 Too Many Requests", "slow down", .resourceExhausted, "slow down"),
      (
        "503 Service Unavailable", #"{"message":"http://10.1.2.3 loads"}"#, .unavailable,
        "status 503"
      ),
    ] as [(String, String, GenerationError.Code, String)]
  )
  func `other refusals mean what they do for texts`(
    status: String,
    body: String,
    code: GenerationError.Code,
    words: String
  ) async throws {
    for kind in [UpstreamKind.vllm, .anthropic] {
      let (error, _) = try await Self.error(
        kind,
        .prompt("Once"),
        .refusal(status, body, headers: "location: http://127.0.0.1:1/elsewhere\r\n")
      )
      #expect(error?.code == code)
      #expect(error?.message.contains(words) == true)
      #expect(error?.message.contains("sk-very") == false)
      #expect(error?.message.contains("10.1.2.3") == false)
    }
  }

  @Test(arguments: [
    (UpstreamKind.anthropic, "{}", "has no number"),
    (.anthropic, #"{"input_tokens":-1}"#, "wrong type"),
    (.anthropic, #"{"input_tokens":"42"}"#, "wrong type"),
    (.anthropic, #"{"input_tokens":4.5}"#, "wrong type"),
    (.anthropic, #"{"input_tokens":null}"#, "wrong type"),
    (.anthropic, #"{"input_tokens":99999999999999999999}"#, "wrong type"),
    (.anthropic, #"{"input_tokens":2000000000}"#, "counts 2000000000 tokens"),
    (.anthropic, #"{"input_tokens":0}"#, "has no tokens"),
    (.anthropic, #"{"count":1,"tokens":[5]}"#, "has no number"),
    (.anthropic, #"{"input_tokens":42"#, "ends too early"), (.anthropic, "", "ends too early"),
    (.anthropic, "<html>", "cannot be read"),
    (.vllm, #"{"count":2,"tokens":[5]}"#, "counts 2 tokens, and has 1"),
    (.vllm, #"{"count":2,"tokens":[]}"#, "counts 2 tokens, and has 0"),
    (.vllm, #"{"count":0,"tokens":[]}"#, "has no tokens"),
    (.vllm, #"{"count":2}"#, "has no tokens"),
    // A llama-server that was asked as vLLM is, and what LM Studio says.
    (.vllm, #"{"tokens":[]}"#, "has no number"),
    (.compatible, #"{"tokens":[5,6]}"#, "has no number"),
    (.compatible, #"{"error":"Unexpected endpoint or method. (POST /tokenize)"}"#, "has no tokens"),
    (.vllm, #"{"count":1,"tokens":[-5]}"#, "wrong type"),
    (.vllm, #"{"count":1,"tokens":["a"]}"#, "wrong type"),
    (.vllm, #"{"count":1,"tokens":{}}"#, "wrong type"), (.vllm, "[]", "wrong type"),
    (.tokenwire, #"{"count":2,"tokens":[5]}"#, "counts 2 tokens, and has 1"),
    (.tokenwire, #"{"tokens":[]}"#, "has no number"),
    (.tokenwire, #"{"count":2000000000,"tokens":[]}"#, "counts 2000000000 tokens"),
    (.llamaServer, #"{"tokens":[]}"#, "has no tokens"), (.llamaServer, "{}", "has no tokens"),
  ])
  func `an answer that cannot be right is an error`(
    kind: UpstreamKind,
    body: String,
    words: String
  ) async throws {
    let (error, _) = try await Self.error(
      kind,
      .prompt("Once"),
      .answer(body, type: "application/json")
    )
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("gave an answer that") == true)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test func `a template that makes no text is an error`() async throws {
    let (error, _) = try await Self.error(
      .llamaServer,
      .wholeConversation,
      .answer(#"{"tokens":[5]}"#, type: "application/json")
    )
    #expect(error?.message.contains("has no prompt") == true)
  }

  @Test func `an answer without end is cut`() async throws {
    let block = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
    let (error, _) = try await Self.error(
      .vllm,
      .prompt("Once"),
      .beginning("{") + Array(repeating: FakeUpstream.Step.send(block), count: 20)
    )
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("more than 16777216 bytes") == true)
  }
}
