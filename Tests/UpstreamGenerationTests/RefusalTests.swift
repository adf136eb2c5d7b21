import Generation
import Testing
import UpstreamGeneration

/// What the refusals of servers mean to callers.
@Suite struct RefusalTests {
  @Test(arguments: [
    (
      "400 Bad Request", #"{"error":{"message":"max_tokens is too large"}}"#,
      GenerationError.Code.invalidRequest, "max_tokens is too large"
    ),
    (
      "422 Unprocessable Entity", #"{"detail":[{"loc":["body"],"msg":"field required"}]}"#,
      .invalidRequest, "field required"
    ),
    // OpenAI, llama-server, vLLM, SGLang, Anthropic, text-generation-inference.
    (
      "400 Bad Request",
      #"{"error":{"message":"Too long","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
      .contextLengthExceeded, "Too long"
    ),
    (
      "400 Bad Request",
      #"{"error":{"code":400,"message":"request (9 tokens) exceeds","type":"exceed_context_size_error"}}"#,
      .contextLengthExceeded, "exceeds"
    ),
    (
      "400 Bad Request",
      #"{"object":"error","message":"This model's maximum context length is 8 tokens","code":400}"#,
      .contextLengthExceeded, "is 8 tokens"
    ),
    (
      "400 Bad Request",
      #"{"message":"The input (9 tokens) is longer than the model's context length (8 tokens)."}"#,
      .contextLengthExceeded, "9 tokens"
    ),
    (
      "400 Bad Request",
      #"{"error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}}"#,
      .contextLengthExceeded, "8 maximum"
    ),
    (
      "422 Unprocessable Entity",
      #"{"error":"Input validation error: `inputs` must have less than 8 tokens. Given: 9"}"#,
      .contextLengthExceeded, "Given: 9"
    ),
    (
      "400 Bad Request",
      #"{"error":{"message":"tools[0].name is too long","code":"string_too_long"}}"#,
      .invalidRequest, "is too long"
    ),
    // FastAPI's words, alone and as Mistral has them.
    (
      "422 Unprocessable Entity",
      #"{"detail":[{"loc":["body","n"],"msg":"too many"},{"loc":["body","stop",0],"msg":"no"}]}"#,
      .invalidRequest, "body.n: too many; body.stop.0: no"
    ),
    (
      "422 Unprocessable Entity",
      #"{"object":"error","message":{"detail":[{"loc":["body","seed"],"msg":"Extra inputs"}]}}"#,
      .invalidRequest, "body.seed: Extra inputs"
    ),
    // A Tokenwire in front of a model that does not know a field.
    (
      "501 Not Implemented", #"{"error":{"message":"does not know top_k"}}"#, .unsupported,
      "does not know top_k"
    ),
    ("413 Payload Too Large", "", .invalidRequest, "refuses the request"),
    (
      "401 Unauthorized",
      #"{"error":{"message":"Incorrect API key provided: sk-very*******7890"}}"#,
      .failedPrecondition, "key"
    ),
    ("403 Forbidden", "no", .failedPrecondition, "key"),
    (
      "404 Not Found", #"{"error":{"message":"The model `there` does not exist"}}"#, .modelNotFound,
      "does not exist"
    ),
    ("429 Too Many Requests", #"{"error":"slow down"}"#, .resourceExhausted, "slow down"),
    (
      "500 Internal Server Error", "<html><body>Traceback</body></html>", .unavailable, "status 500"
    ),
    (
      "503 Service Unavailable", #"{"message":"http://10.1.2.3 loads"}"#, .unavailable, "status 503"
    ),
    (
      "529 Overloaded",
      #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, .unavailable,
      "status 529"
    ),
    ("302 Found", "", .failedPrecondition, "not followed"),
    ("451 Unavailable For Legal Reasons", "", .failedPrecondition, "451"),
  ])
  func `each status has its error`(
    status: String,
    body: String,
    code: GenerationError.Code,
    words: String
  ) async throws {
    let (answer, _) = try await answer { _ in
      .refusal(status, body, headers: "location: http://127.0.0.1:1/elsewhere\r\n")
    }
    let error = try #require(answer.error)
    #expect(error.code == code)
    #expect(error.message.contains(words))
    #expect(!error.message.contains("sk-very"))
    #expect(!error.message.contains("<html>"))
    #expect(!error.message.contains("10.1.2.3"))
    #expect(answer.text.isEmpty)
  }

  @Test(arguments: [
    ("retry-after-ms: 250\r\nretry-after: 9\r\n", Duration.milliseconds(250)),
    ("retry-after: 2.5\r\n", .milliseconds(2500)),
    ("Retry-After: 30\r\n", .seconds(30)),
    ("retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", .zero),
    ("retry-after: 100000000000\r\n", .seconds(3600)),
    ("retry-after: soon\r\n", .seconds(1)),
    ("retry-after: -5\r\n", .zero),
    ("", .seconds(1)),
  ])
  func `the time to wait is passed on`(headers: String, time: Duration) async throws {
    let (answer, _) = try await answer { _ in
      .refusal("429 Too Many Requests", headers: headers)
    }
    #expect(answer.error?.retryAfter == time)
  }

  @Test(arguments: [
    "organization org-AbCd1234EfGh5678 on tokens", "project proj_AbCd1234EfGh5678",
    "key AIzaSyA1b2C3d4E5f6G7h8I9j0", "gsk_A1b2C3d4E5f6G7h8", "hf_AbCdEfGhIjKlMnOp",
    "xai-A1b2C3d4E5f6", "AKIAIOSFODNN7EXAMPLE", "key:sk-ant-api03-abcdefgh", "nvapi-A1b2C3d4E5",
    "Authorization: Basic dXNlcjpwYXNzd29yZA==", "authorization: bearer abcdefgh",
    "BEARER abcdefgh",
    "the header Basic dXNlcjpwYXNzd29yZA==", "at https://user:secretpw@host.example/v1",
    "https://secretuser@host.example", "api-key=0123456789abcdef0123456789abcdef",
    "?key=A1b2C3d4&x=1", "access_token=A1b2C3d4E5", "\"x-api-key\": \"A1b2C3d4E5\"",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl", "eyJhbGciOiJIUzI1NiJ9",
    "0123456789abcdef0123456789abcdef", "Ab1cdefghijklmnopqrstuvwxyzABCDEFGHIJ",
  ])
  func `nothing that looks like a secret is passed on`(words: String) async throws {
    // Also where the words are cut.
    for padding in ["", String(repeating: "x ", count: 240)] {
      let (answer, _) = try await answer { _ in .refusal("400 Bad Request", padding + words) }
      let message = try #require(answer.error?.message)
      #expect(message.contains("(a key)") || message.contains("(an account)") || !padding.isEmpty)
      for secret in [
        "1234", "A1b2", "Hijk", "MnOp", "AKIA", "ant", "dXNl", "secret", "0123", "bcdefgh", "eyJ",
        "Ab1",
      ] {
        #expect(!message.contains(secret), "\(message)")
      }
    }
  }

  @Test(arguments: [
    "max_tokens: 4096 is more than the key-value cache has", "Unexpected token: <|im_end|> at 12",
    "basic authentication and Basic functionality", "eos_token=</s> of hf-internal-testing/tiny",
    "the organization has no project org-wide",
    "request req_011CSHoEeqs5C35K2UUqR7Fy of model gpt-4o",
    "https://platform.example/docs/errors#code=429", "id 123e4567-e89b-12d3-a456-426614174000",
  ])
  func `other words are passed on as they are`(words: String) async throws {
    let (answer, _) = try await answer { _ in .refusal("400 Bad Request", words) }
    #expect(answer.error?.message.contains(words) == true, "\(answer)")
  }

  @Test func `two calls that learn at once keep what each has learned`() async throws {
    let upstream = try await FakeUpstream.start { request, number in
      let body = request.body
      if body.contains("\"first\""), body.contains("stream_options") {
        return [.pause(.milliseconds(200))] + .refusal("400 Bad Request", "no stream_options")
      }
      if body.contains("\"second\""), body.contains("\"max_tokens\"") {
        return [.pause(.milliseconds(200))] + .refusal("400 Bad Request", "max_completion_tokens")
      }
      return .answer(Events.answer("ok"))
    }
    try await withGenerator(.of(upstream, kind: .vllm)) { generator in
      let first = try await generator.generate(.chat("first"))
      let second = try await generator.generate(.chat("second"))
      for events in [first, second] {
        let answer = await Answer(of: events)
        #expect(answer.text == "ok")
      }
      _ = await Answer(of: try await generator.generate(.chat("third")))
      let last = try #require(upstream.requests.last?.body)
      #expect(!last.contains("stream_options"))
      #expect(last.contains("max_completion_tokens"))
    }
    try await upstream.stop()
  }

  @Test func `what another Tokenwire's operator has to do is no fault of the request`() async throws
  {
    let error =
      #"{"message":"The key is refused","type":"invalid_request_error","code":"failed_precondition"}"#
    let (answer, _) = try await answer(kind: .tokenwire) { _ in
      .refusal("400 Bad Request", #"{"error":\#(error)}"#)
    }
    #expect(answer.error?.code == .failedPrecondition)
    #expect(answer.error?.message.contains("The key is refused") == true)
  }

  @Test func `no words of a server show its key`() async throws {
    let (answer, _) = try await answer { _ in
      .refusal(
        "400 Bad Request",
        #"{"error":{"message":"bad: sk-very-secret-key-1234567890\nand sk-proj-abcdefghijklmnop"}}"#
      )
    }
    let message = try #require(answer.error?.message)
    #expect(message.contains("bad: (a key) and (a key)"))
    #expect("\(APIKey("abc")!)" == "(a key)")
    var dumped = ""
    dump(APIKey("abc")!, to: &dumped)
    #expect(!dumped.contains("abc"))
  }

  @Test func `stream_options are left out for a server that refuses them`() async throws {
    let (answer, requests) = try await answer { number in
      number == 0
        ? .refusal(
          "422 Unprocessable Entity",
          #"{"detail":[{"loc":["body","stream_options","include_usage"],"msg":"Extra inputs"}]}"#
        )
        : .answer(Events.answer("ok"))
    }
    #expect(answer.text == "ok")
    #expect(requests.count == 2)
    #expect(!requests[1].body.contains("stream_options"))
  }

  @Test func `the limit of tokens has the name that the server knows`() async throws {
    let (answer, requests) = try await answer(kind: .vllm) { number in
      number == 0
        ? .refusal(
          "400 Bad Request",
          #"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. "#
            + #"Use 'max_completion_tokens' instead."}}"#
        ) : .answer(Events.answer("ok"))
    }
    #expect(answer.text == "ok")
    #expect(requests[0].body.contains(#""max_tokens":50"#))
    #expect(requests[1].body.contains(#""max_completion_tokens":50"#))
  }

  @Test func `a server that refuses all forms is asked a few times at most`() async throws {
    let (answer, requests) = try await answer { _ in
      .refusal("400 Bad Request", #"{"error":"stream_options, max_completion_tokens: no"}"#)
    }
    #expect(answer.error?.code == .invalidRequest)
    #expect(requests.count <= 4)
  }

  @Test(arguments: ["nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"])
  func `what is not HTTP is an error`(bytes: String) async throws {
    let (answer, _) = try await answer { _ in [.send(Array(bytes.utf8)), .close] }
    #expect(answer.error?.code == .unavailable)
  }

  @Test func `a server that cannot be reached is an error`() async throws {
    let gone = try await FakeUpstream.start { _, _ in [] }
    try await gone.stop()
    let answer = try await withGenerator(.of(gone)) { generator in
      await Answer(of: try await generator.generate(.chat()))
    }
    #expect(answer.error?.code == .unavailable)
    #expect(answer.error?.message.contains("127.0.0.1") == false)
  }
}
