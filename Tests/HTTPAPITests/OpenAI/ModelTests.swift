import HTTPTransport
import Identifiers
import JSON
import NIOCore
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct ModelTests {
  private static let models = ListModelsResponse(models: [
    Model(id: "org/a", contextLength: 2048, isDefault: true), Model(id: "b"),
  ])

  @Test func `models are listed with what tools look for`() throws {
    var exchange = try OpenAIExchange(.GET, "/v1/models", key: "Bearer a.b.c")
    #expect(exchange.calls.map(\.method) == [TokenwireMethod.listModels])
    #expect(exchange.calls.first?.metadata["authorization"] == "Bearer a.b.c")
    try exchange.respond(Self.models)
    try exchange.finish()
    #expect(
      exchange.text
        == #"{"object":"list","data":[{"id":"org/a","object":"model","created":1,"owned_by":"tokenwire","context_length":2048,"max_model_len":2048},{"id":"b","object":"model","created":1,"owned_by":"tokenwire"}]}"#
    )
  }

  @Test func `Anthropic's clients get its form`() throws {
    let headers: HTTPHeaders = ["anthropic-version": "2023-06-01", "x-api-key": "a.b.c"]
    var list = try OpenAIExchange(.GET, "/v1/models", headers: headers)
    #expect(list.calls.first?.metadata["authorization"] == "Bearer a.b.c")
    try list.respond(Self.models)
    try list.finish()
    #expect(
      list.text
        == #"{"data":[{"id":"org/a","type":"model","display_name":"org/a","created_at":"1970-01-01T00:00:00Z"},{"id":"b","type":"model","display_name":"b","created_at":"1970-01-01T00:00:00Z"}],"has_more":false,"first_id":"org/a","last_id":"b"}"#
    )
    var model = try OpenAIExchange(.GET, "/v1/models/b", headers: headers)
    try model.respond(Self.models)
    try model.finish()
    #expect(
      model.text
        == #"{"id":"b","type":"model","display_name":"b","created_at":"1970-01-01T00:00:00Z"}"#
    )
  }

  @Test func `one model is found by its whole name`() throws {
    var exchange = try OpenAIExchange(.GET, "/v1/models/org/a")
    try exchange.respond(Self.models)
    try exchange.finish()
    #expect(try exchange.json["id"] == .string("org/a"))
  }

  @Test func `a model that is not there is not found`() throws {
    var exchange = try OpenAIExchange(.GET, "/v1/models/c")
    try exchange.respond(Self.models)
    let failure = try #require(throws: HTTPFailure.self) { try exchange.finish() }
    #expect(failure.status == .notFound)
    let body = String(buffer: OpenAIErrors.body(of: failure))
    #expect(
      body
        == #"{"error":{"message":"model \"c\" is not known here; known: \"org/a\", \"b\"","type":"not_found_error","param":"model","code":"model_not_found"}}"#
    )
  }

  @Test func `the server is healthy when it serves`() throws {
    var exchange = try OpenAIExchange(.GET, "/health")
    #expect(exchange.calls.map(\.method) == [HealthMethod.list])
    try exchange.respond(
      HealthListResponse(statuses: ["": HealthCheckResponse(status: .serving)])
    )
    try exchange.finish()
    #expect(exchange.text == #"{"status":"ok"}"#)
    for status: HealthCheckResponse.ServingStatus in [.notServing, .unknown] {
      var exchange = try OpenAIExchange(.GET, "/health")
      let failure = try #require(throws: HTTPFailure.self) {
        try exchange.respond(
          HealthListResponse(statuses: ["": HealthCheckResponse(status: status)])
        )
      }
      #expect(failure.status == .serviceUnavailable)
    }
  }

  @Test(arguments: [(HealthCheckResponse.ServingStatus.serving, "ok"), (.notServing, "DEGRADED")])
  func `a server whose log is out of reach is healthy, and tells it`(
    log: HealthCheckResponse.ServingStatus,
    told: String
  ) throws {
    var exchange = try OpenAIExchange(.GET, "/health")
    try exchange.respond(
      HealthListResponse(
        statuses: [
          "": HealthCheckResponse(status: .serving), "log": HealthCheckResponse(status: log),
        ]
      )
    )
    try exchange.finish()
    #expect(exchange.text == #"{"status":"ok","log":"\#(told)"}"#)
  }

  @Test func `tokens are counted and told`() throws {
    var exchange = try OpenAIExchange(
      .POST,
      "/tokenize",
      #"{"prompt":"a b","model":"m","add_special_tokens":false,"return_token_strs":false}"#
    )
    #expect(
      try CountTokensRequest(serialized: #require(exchange.calls.first).message)
        == CountTokensRequest(model: "m", input: .prompt("a b"), returnTokens: true)
    )
    try exchange.respond(CountTokensResponse(tokens: 2, contextLength: 99, tokenIDs: [4, 5]))
    try exchange.finish()
    #expect(
      exchange.text == #"{"count":2,"max_model_len":99,"tokens":[4,5],"token_strs":null}"#
    )
  }

  @Test func `the tokens of a conversation are counted`() throws {
    let exchange = try OpenAIExchange(
      .POST,
      "/tokenize",
      #"{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f"}}]}"#
    )
    let chat = ChatMessages(
      messages: [ChatMessage(role: "user", content: "a")],
      tools: [Tool(name: "f")]
    )
    #expect(
      try CountTokensRequest(serialized: #require(exchange.calls.first).message).input
        == .messages(chat)
    )
  }

  @Test func `what changes the prompt of a chat changes its tokens`() throws {
    let exchange = try OpenAIExchange(
      .POST,
      "/tokenize",
      #"{"messages":[{"role":"user","content":"a"}],"tool_choice":"none","parallel_tool_calls":false,"#
        + #""chat_template_kwargs":{"enable_thinking":false},"reasoning_max_tokens":7}"#
    )
    let chat = ChatMessages(
      messages: [ChatMessage(role: "user", content: "a")],
      toolChoice: ToolChoice(mode: .none),
      parallelToolCalls: false,
      reasoning: .off,
      reasoningMaxTokens: 7
    )
    #expect(
      try CountTokensRequest(serialized: #require(exchange.calls.first).message).input
        == .messages(chat)
    )
  }

  @Test func `the number alone needs no vocabulary`() throws {
    var exchange = try OpenAIExchange(
      .POST,
      "/tokenize",
      #"{"prompt":"a b","return_tokens":false}"#
    )
    #expect(
      try CountTokensRequest(serialized: #require(exchange.calls.first).message)
        == CountTokensRequest(input: .prompt("a b"))
    )
    try exchange.respond(CountTokensResponse(tokens: 2, contextLength: 99))
    try exchange.finish()
    #expect(exchange.text == #"{"count":2,"max_model_len":99,"tokens":[],"token_strs":null}"#)
  }

  @Test(
    arguments: [
      ("{}", "prompt"), (#"{"prompt":"a","messages":[{"role":"user","content":""}]}"#, "messages"),
      (#"{"prompt":"a","return_token_strs":true}"#, "return_token_strs"),
      (#"{"prompt":"a","return_tokens":1}"#, "return_tokens"),
    ]
  )
  func `what cannot be counted is named`(json: String, name: String) throws {
    #expect(try failure("/tokenize", json).parameter == name)
  }

  @Test func `tokens have a text`() throws {
    var exchange = try OpenAIExchange(.POST, "/detokenize", #"{"tokens":[1,2]}"#)
    #expect(
      try DetokenizeRequest(serialized: #require(exchange.calls.first).message)
        == DetokenizeRequest(tokenIDs: [1, 2])
    )
    try exchange.respond(DetokenizeResponse(text: "a\"b"))
    try exchange.finish()
    #expect(exchange.text == #"{"prompt":"a\"b"}"#)
    #expect(try failure("/detokenize", #"{"tokens":["a"]}"#).parameter == "tokens[0]")
    #expect(try failure("/detokenize", "{}").parameter == "tokens")
  }

  @Test func `the tokenizer is that of the default model`() throws {
    var exchange = try OpenAIExchange(.GET, "/tokenizer_info")
    try exchange.respond(Self.models)
    try exchange.finish()
    let json = try exchange.json
    #expect(json["model_max_length"] == .number("2048"))
    #expect(json["eos_token"] == .null)
    #expect(json["tokenizer_class"] == .string("tokenwire"))
  }
}
