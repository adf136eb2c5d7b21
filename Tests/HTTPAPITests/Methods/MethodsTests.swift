import HTTPTransport
import Identifiers
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct MethodsTests {
  @Test func `every method has a route, and health's two that do not watch`() {
    let paths = Methods.tokenwire.operations.map(\.route.path)
    #expect(paths.count == TokenwireMethod.messages.count)
    #expect(paths.contains("/tokenwire.v1.Tokenwire/SecureGenerate"))
    #expect(
      Methods.health.operations.map(\.route.path)
        == ["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/List"]
    )
  }

  @Test func `a unary call answers the JSON of its response, to a client that sends no more`()
    throws
  {
    var exchange = try Exchange(
      Methods.tokenwire,
      "/tokenwire.v1.Tokenwire/CountTokens",
      headers: ["content-type": "application/json", "connect-protocol-version": "1"],
      body: #"{"prompt": "Hi", "returnTokens": true}"#
    )
    #expect(exchange.call.method == TokenwireMethod.countTokens)
    #expect(
      try exchange.message() == CountTokensRequest(input: .prompt("Hi"), returnTokens: true)
    )
    #expect(!exchange.endsWithClient)
    expect(exchange.contentType, is: "application/json")
    expect(
      try exchange.answer(CountTokensResponse(tokens: 1, contextLength: 8, tokenIDs: [5])),
      is: #"{"tokens":1,"context_length":8,"token_ids":[5]}"#
    )
  }

  @Test func `a request without content is a message without fields`() throws {
    var exchange = try Exchange(Methods.tokenwire, "/tokenwire.v1.Tokenwire/ListModels")
    expect(try exchange.answer(ListModelsResponse()), is: "{}")
    var check = try Exchange(Methods.health, "/grpc.health.v1.Health/Check", body: "{}")
    #expect(check.call.method == HealthMethod.check)
    expect(
      try check.answer(HealthCheckResponse(status: .serving)),
      is: #"{"status":"SERVING"}"#
    )
    var list = try Exchange(Methods.health, "/grpc.health.v1.Health/List")
    #expect(list.call.method == HealthMethod.list)
    let statuses: [Identifier: HealthCheckResponse] = ["b": .init(), "": .init(status: .serving)]
    expect(
      try list.answer(HealthListResponse(statuses: statuses)),
      is: #"{"statuses":{"":{"status":"SERVING"},"b":{}}}"#
    )
  }

  private static let stream: [GenerateResponse] = [
    GenerateResponse(event: .started(Started(generationID: "g"))),
    GenerateResponse(seq: 1, completionTokens: 1, event: .delta(Delta(text: "a\nb"))),
  ]

  @Test func `a stream is lines of JSON`() throws {
    var exchange = try Exchange(
      Methods.tokenwire,
      "/tokenwire.v1.Tokenwire/Generate",
      body: #"{"prompt":"x"}"#
    )
    #expect(exchange.endsWithClient)
    #expect(exchange.keepalive == nil)
    expect(exchange.contentType, is: "application/x-ndjson")
    for response in Self.stream { try exchange.respond(response) }
    let lines = """
      {"started":{"generation_id":"g"}}
      {"seq":1,"completion_tokens":1,"delta":{"text":"a\\nb"}}

      """
    expect(exchange.text, is: lines)
    exchange.fail(CallError(.unavailable, "Away"))
    expect(
      exchange.text,
      is: lines + #"{"error":{"code":"unavailable","message":"Away"}}"# + "\n"
    )
  }

  @Test func `a stream is events, for those who ask`() throws {
    var exchange = try Exchange(
      Methods.tokenwire,
      "/tokenwire.v1.Tokenwire/Generate",
      headers: ["accept": "text/event-stream"],
      body: #"{"prompt":"x"}"#
    )
    expect(exchange.contentType, is: "text/event-stream; charset=utf-8")
    expect(exchange.keepalive, is: ": keepalive\n\n")
    for response in Self.stream { try exchange.respond(response) }
    exchange.fail(CallError(.resourceExhausted, "Busy"))
    expect(
      exchange.text,
      is: """
        id: 0
        data: {"started":{"generation_id":"g"}}

        id: 1
        data: {"seq":1,"completion_tokens":1,"delta":{"text":"a\\nb"}}

        event: error
        data: {"code":"resource_exhausted","message":"Busy"}


        """
    )
  }

  @Test(arguments: [("{}", false), (#"{"follow":true}"#, true)])
  func `a query of the log ends with its client if it may wait for ever`(
    body: String,
    ends: Bool
  ) throws {
    let exchange = try Exchange(
      Methods.tokenwire,
      "/tokenwire.v1.Tokenwire/QueryLogs",
      body: body
    )
    #expect(exchange.endsWithClient == ends)
  }

  @Test(
    arguments: [
      ([:], nil),
      (["authorization": "Bearer a.b.c"], "Bearer a.b.c"),
      (["authorization": "Basic x"], "Basic x"),
      (["x-api-key": "a.b.c"], "Bearer a.b.c"),
      (["x-api-key": "a.b.c", "authorization": "bearer j"], "bearer j"),
      (["x-api-key": "key-of-api-gateway"], nil),
      (["authorization": "AWS4-HMAC-SHA256 Credential=a, Signature=b"], nil),
      (["x-api-key": "a.b.c", "authorization": "aws4-ecdsa-p256-sha256 x"], "Bearer a.b.c"),
    ] as [(HTTPHeaders, String?)]
  )
  func `the access token is passed on as it is`(headers: HTTPHeaders, passed: String?) throws {
    let exchange = try Exchange(
      Methods.tokenwire,
      "/tokenwire.v1.Tokenwire/ListModels",
      headers: headers
    )
    #expect(exchange.call.metadata["authorization"] == passed)
    #expect(exchange.call.metadata["x-request-id"] == "req-1")
  }

  @Test func `the timeout is the call's`() throws {
    func timeout(_ text: String) throws -> Duration? {
      try Exchange(
        Methods.tokenwire,
        "/tokenwire.v1.Tokenwire/ListModels",
        headers: ["connect-timeout-ms": text]
      ).call.timeout
    }
    #expect(try timeout("1500") == .milliseconds(1500))
    #expect(try timeout("9999999999") == .milliseconds(9_999_999_999))
    for wrong in ["", "0", "-1", "+1", "1.5", "12345678901", "1s", " 1"] {
      let failure = try expectFailure { try timeout(wrong) }
      #expect(failure.status == .badRequest)
      expect(
        failure.error.message,
        is: "Connect-Timeout-Ms must be a positive number of at most 10 digits"
      )
    }
  }

  @Test(
    arguments: [
      (#"{"prompt": 5}"#, "prompt is 5, but must be a string"),
      (#"{"promt": "x"}"#, "the message has no field \"promt\": did you mean prompt?"),
      (#"{"prompt": "x""#, "the JSON cannot be read: it ends too early"),
      (
        #"{"prompt":"x","prompt":"y"}"#,
        "the JSON cannot be read: the name at offset 14 is a duplicate"
      ),
      (#"{"max_tokens":1,"maxTokens":1}"#, "max_tokens is set twice"),
      ("[]", "the message is an array, but must be an object"),
    ]
  )
  func `what is no message is refused by its place`(body: String, message: String) throws {
    let failure = try expectFailure {
      try Exchange(Methods.tokenwire, "/tokenwire.v1.Tokenwire/Generate", body: body)
    }
    #expect(failure.error.code == .invalidArgument)
    expect(failure.error.message, is: message)
    let body = errorResponse(Methods.tokenwire, to: failure)
    #expect(body.status == 400)
    #expect(body.body.hasPrefix(#"{"code":"invalid_argument","message":""#))
  }

  @Test(arguments: [
    "application/proto", "application/grpc-web+proto", "Application/Connect+JSON",
  ])
  func `other codecs are refused`(type: String) throws {
    let failure = try expectFailure {
      try Exchange(
        Methods.tokenwire,
        "/tokenwire.v1.Tokenwire/ListModels",
        headers: ["content-type": type]
      )
    }
    #expect(failure.status == .unsupportedMediaType)
  }

  @Test func `other versions of Connect's protocol are refused`() throws {
    let failure = try expectFailure {
      try Exchange(
        Methods.tokenwire,
        "/tokenwire.v1.Tokenwire/ListModels",
        headers: ["connect-protocol-version": "2"]
      )
    }
    expect(failure.error.message, is: "Connect-Protocol-Version must be 1")
  }

  @Test(
    arguments: [
      (.cancelled, 499, "canceled"), (.unauthenticated, 401, "unauthenticated"),
      (.permissionDenied, 403, "permission_denied"), (.notFound, 404, "not_found"),
      (.deadlineExceeded, 504, "deadline_exceeded"), (.unimplemented, 501, "unimplemented"),
      (.internal, 500, "internal"), (.dataLoss, 500, "data_loss"), (.aborted, 409, "aborted"),
    ] as [(CallError.Code, UInt, String)]
  )
  func `errors are Connect's`(code: CallError.Code, status: UInt, name: String) {
    let response = errorResponse(Methods.tokenwire, to: HTTPFailure(CallError(code, "So")))
    #expect(response.status == status)
    expect(response.body, is: #"{"code":"\#(name)","message":"So"}"#)
  }

  @Test func `errors tell their reason and when to try again in Connect's details`() throws {
    let error = CallError(
      .invalidArgument,
      "Long",
      reason: .contextLengthExceeded,
      retryAfter: .milliseconds(1500)
    )
    let response = errorResponse(Methods.tokenwire, to: HTTPFailure(error))
    // google.rpc.ErrorInfo { reason, domain: "tokenwire" }, RetryInfo { retry_delay { 1 s, 5e8 ns } }
    let info = "ChdDT05URVhUX0xFTkdUSF9FWENFRURFRBIJdG9rZW53aXJl"
    expect(
      response.body,
      is: #"{"code":"invalid_argument","message":"Long","details":["#
        + #"{"type":"google.rpc.ErrorInfo","value":"\#(info)"},"#
        + #"{"type":"google.rpc.RetryInfo","value":"CggIARCAyrXuAQ"}]}"#
    )
  }
}
