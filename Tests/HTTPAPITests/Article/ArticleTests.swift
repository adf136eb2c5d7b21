import HTTPTransport
import Identifiers
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct ArticleTests {
  private func text(
    _ body: String,
    path: String = "/generate",
    headers: HTTPHeaders = [:]
  ) throws -> Exchange {
    try Exchange(Article.group, path, headers: headers, body: body)
  }

  private func request(_ body: String) throws -> GenerateRequest {
    try self.text(body).message()
  }

  @Test func `the prompt and the text count against max_length`() throws {
    let exchange = try self.text(#"{"prompt": "Hi", "max_length": 20}"#)
    #expect(exchange.call.method == TokenwireMethod.generate)
    #expect(
      try exchange.message()
        == GenerateRequest(
          input: .prompt("Hi"),
          sampling: SamplingOptions(),
          echo: true,
          maxLength: 20
        )
    )
    #expect(try self.request(#"{"prompt": "Hi"}"#).maxLength == 150)
  }

  @Test(arguments: ["max_new_tokens", "max_tokens"])
  func `the text alone counts against others, which take precedence`(name: String) throws {
    let request = try self.request(#"{"\#(name)": 7, "prompt": "Hi", "max_length": 20}"#)
    #expect(request.maxTokens == 7)
    #expect(request.maxLength == nil)
  }

  @Test func `more fields have the names of our API`() throws {
    let request = try self.request(
      """
      {"prompt": "Hi", "model": "m", "return_full_text": false, "stop": "\\n", "temperature": 0,
       "top_p": 0.5, "top_k": 3, "min_p": 0.1, "repeat_penalty": 1.5, "repeat_last_n": -1,
       "presence_penalty": 1, "frequency_penalty": -1, "seed": 4294967295, "ignore_eos": true,
       "min_tokens": 2, "deterministic": true, "json_schema": {"type": "object"}, "session_id": "s",
       "n": 1, "user": "someone", "stream": null}
      """
    )
    #expect(
      request
        == GenerateRequest(
          model: "m",
          input: .prompt("Hi"),
          sampling: SamplingOptions(
            temperature: 0,
            topK: 3,
            topP: 0.5,
            minP: 0.1,
            repeatPenalty: 1.5,
            repeatLastN: -1,
            presencePenalty: 1,
            frequencyPenalty: -1,
            seed: .max,
            ignoreEos: true,
            minTokens: 2
          ),
          stop: ["\n"],
          constraint: .jsonSchema(#"{"type":"object"}"#),
          deterministic: true,
          sessionID: "s",
          maxLength: 150
        )
    )
    let other = try self.request(#"{"prompt":"x","stop":["a","b"],"grammar":"root ::= \"a\""}"#)
    #expect(other.stop == ["a", "b"])
    #expect(other.constraint == .grammar(#"root ::= "a""#))
  }

  @Test(arguments: ["", "{}", #"{"prompt":""}"#, #"{"prompt":null}"#])
  func `the server judges the access token, then that there is no prompt`(body: String) throws {
    let request = try self.text(body, path: "/secure-generate").message(GenerateRequest.self)
    #expect(request.input == .prompt(""))
    let failure = HTTPFailure(CallError(.invalidArgument, "Prompt is required"))
    let response = errorResponse(Article.group, to: failure)
    #expect(response.status == 400)
    expect(response.body, is: #"{"error":"Prompt is required"}"#)
  }

  private static let responses: [GenerateResponse] = [
    GenerateResponse(
      event: .started(Started(generationID: "g", model: "m", promptTokens: 2, userID: "ada"))
    ),
    GenerateResponse(seq: 1, event: .delta(Delta(text: "Once "))),
    GenerateResponse(seq: 2, completionTokens: 1, event: .delta(Delta(text: "upon"))),
    GenerateResponse(
      seq: 3,
      completionTokens: 1,
      event: .finished(
        Finished(finishReason: .length, usage: Usage(promptTokens: 2, completionTokens: 1))
      )
    ),
  ]

  @Test func `the answers are the article's`() throws {
    var generate = try self.text(#"{"prompt":"Once "}"#)
    #expect(generate.endsWithClient)
    for response in Self.responses { try generate.respond(response) }
    expect(generate.text, is: "")
    try generate.finish()
    expect(generate.text, is: #"{"generated_text":"Once upon"}"#)
    var secure = try self.text(#"{"prompt":"Once "}"#, path: "/secure-generate")
    #expect(secure.call.method == TokenwireMethod.secureGenerate)
    for response in Self.responses { try secure.respond(response) }
    try secure.finish()
    expect(secure.text, is: #"{"generated_text":"Once upon","user_id":"ada"}"#)
  }

  @Test func `a text is streamed for those who ask`() throws {
    var exchange = try self.text(
      #"{"prompt":"Once "}"#,
      path: "/secure-generate",
      headers: ["accept": "text/event-stream"]
    )
    expect(exchange.contentType, is: "text/event-stream; charset=utf-8")
    for response in Self.responses { try exchange.respond(response) }
    exchange.fail(CallError(.unavailable, "Away"))
    expect(
      exchange.text,
      is: """
        id: 0
        event: start
        data: {"generation_id":"g","model":"m","user_id":"ada"}

        id: 1
        data: {"text":"Once "}

        id: 2
        data: {"text":"upon"}

        id: 3
        event: end
        data: {"finish_reason":"length","prompt_tokens":2,"completion_tokens":1}

        event: error
        data: {"error":"Away"}


        """
    )
  }

  @Test func `an entry is logged, and named`() throws {
    var exchange = try Exchange(
      Article.group,
      "/log-request",
      headers: ["authorization": "a.b.c"],
      body: #"{"prompt":"p","response":"r","model":"m","metadata":{"k":"v"},"idempotency_key":"i"}"#
    )
    #expect(exchange.call.method == TokenwireMethod.logRequest)
    #expect(
      try exchange.message()
        == LogRequestRequest(
          prompt: "p",
          response: "r",
          model: "m",
          metadata: ["k": "v"],
          idempotencyKey: "i"
        )
    )
    #expect(!exchange.endsWithClient)
    let stored = LogRequestResponse(
      message: "Request logged successfully",
      id: "01J",
      timestampUnixMicros: 1_767_225_600_000_001
    )
    expect(
      try exchange.answer(stored),
      is: #"{"message":"Request logged successfully","id":"01J","#
        + #""timestamp":"2026-01-01T00:00:00.000001Z"}"#
    )
  }

  @Test(
    arguments: [
      (["x-api-key": "a.b.c"], "Bearer a.b.c"),
      (["x-api-key": "key-of-api-gateway"], nil),
      (["x-api-key": "a.b.c", "authorization": "d.e.f"], "Bearer d.e.f"),
      (["x-api-key": "a.b.c", "authorization": "AWS4-HMAC-SHA256 Credential=a"], "Bearer a.b.c"),
      (["authorization": "AWS4-HMAC-SHA256 Credential=a"], nil),
    ] as [(HTTPHeaders, String?)]
  )
  func `the access token may be a key, beside the signature of a function URL`(
    headers: HTTPHeaders,
    passed: String?
  ) throws {
    for path in ["/secure-generate", "/log-request"] {
      let exchange = try self.text("{}", path: path, headers: headers)
      #expect(exchange.call.metadata["authorization"] == passed)
    }
  }

  @Test(
    arguments: [
      (nil, nil), ("a.b.c", "Bearer a.b.c"), ("Bearer a.b.c", "Bearer a.b.c"),
      ("bearer a", "bearer a"), ("Basic x", "Bearer Basic x"), ("", ""), ("Bearer", "Bearer"),
    ] as [(String?, String?)]
  )
  func `the access token comes with its scheme or without`(sent: String?, passed: String?) throws {
    let headers: HTTPHeaders = sent.map { ["authorization": $0] } ?? [:]
    let exchange = try self.text("{}", path: "/secure-generate", headers: headers)
    #expect(exchange.call.metadata["authorization"] == passed)
  }

  @Test(
    arguments: [
      (.unauthenticated, "Token is missing!", 403, #"{"message":"Token is missing!"}"#),
      (
        .unauthenticated,
        "Token is missing! The metadata's authorization is not \"Bearer <token>\"",
        403, #"{"message":"Token is missing!"}"#
      ),
      (.unauthenticated, "Token is invalid!", 403, #"{"message":"Token is invalid!"}"#),
      (.unauthenticated, "Token is expired!", 403, #"{"message":"Token is invalid!"}"#),
      (.unauthenticated, "Generate serves none", 401, #"{"error":"Generate serves none"}"#),
      (.permissionDenied, "No scope", 403, #"{"error":"No scope"}"#),
      (.resourceExhausted, "Busy", 429, #"{"error":"Busy"}"#),
      (.unavailable, "Away", 503, #"{"error":"Away"}"#),
    ] as [(CallError.Code, String, UInt, String)]
  )
  func `errors are the article's`(
    code: CallError.Code,
    message: String,
    status: UInt,
    body: String
  ) {
    let response = errorResponse(Article.group, to: HTTPFailure(CallError(code, message)))
    #expect(response.status == status)
    expect(response.body, is: body)
  }

  @Test(
    arguments: [
      (#"{"prompt": 5}"#, "prompt must be a string, and is 5"),
      (
        #"{"prompt": "x", "max_length": 1.5}"#,
        "max_length must be an integer from -2147483648 to 2147483647"
      ),
      (#"{"prompt": "x", "stop": [1]}"#, "stop[0] must be a string, and is 1"),
      (#"{"prompt": "x", "n": 2}"#, "n is not supported: one text is generated"),
      (#"{"prompt": "x", "temperature": 1e39}"#, "temperature is out of range"),
      (#"{"prompt": "x""#, "The request is not JSON: it ends too early"),
      (
        #"{"prompt":"x","prompt":"y"}"#,
        "The request is not JSON: the name at offset 14 is a duplicate"
      ),
      ("[]", "The request must be an object, and is an array"),
    ]
  )
  func `what is wrong is named`(body: String, message: String) throws {
    let failure = try expectFailure { try self.text(body) }
    #expect(failure.status == .badRequest)
    #expect(failure.error.message.hasPrefix(message), "\(failure.error.message)")
  }
}
