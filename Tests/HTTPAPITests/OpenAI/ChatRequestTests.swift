import HTTPTransport
import Identifiers
import NIOCore
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct ChatRequestTests {
  static let path = "/v1/chat/completions"
  static let hello = #""messages":[{"role":"user","content":"hi"}]"#

  static func generation(_ fields: String) throws -> GenerateRequest {
    try OpenAIExchange(.POST, Self.path, "{\(Self.hello)\(fields.isEmpty ? "" : ",")\(fields)}")
      .generation
  }

  @Test func `a conversation goes on until the context is full`() throws {
    let expected = GenerateRequest(
      input: .messages(ChatMessages(messages: [ChatMessage(role: "user", content: "hi")])),
      maxLength: .max
    )
    #expect(try Self.generation("") == expected)
  }

  @Test func `every field of the sampling reaches the request`() throws {
    let request = try Self.generation(
      #"""
      "temperature":0.5,"top_p":0.9,"top_k":7,"min_p":0.1,"repetition_penalty":1.5,
      "repeat_last_n":-1,"presence_penalty":-1,"frequency_penalty":1.5,"seed":42,
      "logit_bias":{"5":-100,"6":1.5},"ignore_eos":true,"min_tokens":2
      """#
    )
    let sampling = SamplingOptions(
      temperature: 0.5,
      topK: 7,
      topP: 0.9,
      minP: 0.1,
      repeatPenalty: 1.5,
      repeatLastN: -1,
      presencePenalty: -1,
      frequencyPenalty: 1.5,
      seed: 42,
      logitBias: [LogitBias(tokenID: 5, bias: -100), LogitBias(tokenID: 6, bias: 1.5)],
      ignoreEos: true,
      minTokens: 2
    )
    #expect(request.sampling == sampling)
    #expect(try Self.generation(#""repeat_penalty":1.5"#).sampling?.repeatPenalty == 1.5)
  }

  @Test func `lengths, stops and the rest reach the request`() throws {
    let request = try Self.generation(
      #"""
      "model":"m","max_tokens":9,"stop":["a","b"],"n":2,"deterministic":true,"session_id":"s",
      "logprobs":true,"top_logprobs":3
      """#
    )
    #expect(request.model == "m")
    #expect(request.maxTokens == 9)
    #expect(request.stop == ["a", "b"])
    #expect(request.n == 2)
    #expect(request.deterministic)
    #expect(request.sessionID == "s")
    #expect(request.logprobs == 3)
    #expect(try Self.generation(#""stop":"x""#).stop == ["x"])
    #expect(try Self.generation(#""max_completion_tokens":4"#).maxTokens == 4)
    #expect(try Self.generation(#""max_tokens":-1"#).maxLength == .max)
    #expect(try Self.generation(#""logprobs":true"#).logprobs == 0)
    #expect(try Self.generation(#""logprobs":false"#).logprobs == nil)
    #expect(try Self.generation(#""max_tokens":null,"stop":null"#).maxLength == .max)
  }

  @Test(arguments: [("-1", nil), ("4294967297", 1), ("7", 7)] as [(String, UInt32?)])
  func `seeds have 32 bits, and a negative one is none`(json: String, seed: UInt32?) throws {
    #expect(try Self.generation(#""seed":\#(json)"#).sampling?.seed == seed)
  }

  @Test(
    arguments: [
      (#""response_format":{"type":"text"}"#, nil),
      (
        #""response_format":{"type":"json_object"}"#,
        .jsonSchema(#"{"type":"object","additionalProperties":true}"#)
      ),
      (
        #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"a":1}}}"#,
        .jsonSchema(#"{"a":1}"#)
      ),
      (
        #""response_format":{"type":"json_schema","schema":{"a":1}}"#,
        .jsonSchema(#"{"a":1}"#)
      ),
      (#""response_format":{"type":"json_object","schema":{"a":1}}"#, .jsonSchema(#"{"a":1}"#)),
      (#""guided_json":{"a":1}"#, .jsonSchema(#"{"a":1}"#)),
      (#""guided_json":"{}""#, .jsonSchema("{}")),
      (#""json_schema":{"a":1}"#, .jsonSchema(#"{"a":1}"#)),
      (#""grammar":"root ::= x""#, .grammar("root ::= x")),
      (#""guided_grammar":"root ::= x""#, .grammar("root ::= x")),
      (#""structured_outputs":{"json":{"a":1}}"#, .jsonSchema(#"{"a":1}"#)),
      (#""structured_outputs":{"grammar":"g"}"#, .grammar("g")),
      (
        #""structured_outputs":{"json_object":true}"#,
        .jsonSchema(#"{"type":"object","additionalProperties":true}"#)
      ),
    ] as [(String, GenerateRequest.Constraint?)]
  )
  func `formats are constraints`(
    json: String,
    constraint: GenerateRequest.Constraint?
  ) throws {
    #expect(try Self.generation(json).constraint == constraint)
  }

  @Test func `messages have parts, calls, results and thoughts`() throws {
    let messages = #"""
      {"messages":[
        {"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
        {"role":"user","content":"c","name":"Ann"},
        {"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[
          {"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},
        {"role":"tool","tool_call_id":"call_1","content":"d"},
        {"role":"assistant","content":[{"type":"refusal","refusal":"no"}],"refusal":null}
      ]}
      """#
    let expected = ChatMessages(messages: [
      ChatMessage(role: "developer", content: "ab"),
      ChatMessage(role: "user", content: "c"),
      ChatMessage(
        role: "assistant",
        toolCalls: [ToolCall(id: "call_1", name: "f", arguments: #"{"a":1}"#)],
        reasoningText: "hm"
      ),
      ChatMessage(role: "tool", content: "d", toolCallID: "call_1"),
      ChatMessage(role: "assistant", content: "no"),
    ])
    #expect(try OpenAIExchange(.POST, Self.path, messages).generation.input == .messages(expected))
  }

  private static func chat(_ fields: String) throws -> ChatMessages {
    guard case .messages(let chat) = try self.generation(fields).input else {
      throw OpenAIExchange.UnexpectedAnswer()
    }
    return chat
  }

  @Test func `tools have a name, a description and a schema`() throws {
    let chat = try Self.chat(
      #"""
      "tools":[
        {"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},
          "strict":true}},
        {"type":"function","function":{"name":"g","parameters":{}}}],
      "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false
      """#
    )
    #expect(
      chat.tools == [
        Tool(name: "f", description: "d", parameters: #"{"type":"object"}"#, strict: true),
        Tool(name: "g"),
      ]
    )
    #expect(chat.toolChoice == ToolChoice(mode: .required, name: "f"))
    #expect(chat.parallelToolCalls == false)
  }

  @Test func `a function that is named is called once, unless the request allows more`() throws {
    let choice = #""tool_choice":{"type":"function","function":{"name":"f"}}"#
    #expect(try Self.chat(choice).parallelToolCalls == false)
    #expect(try Self.chat(#""parallel_tool_calls":true,"# + choice).parallelToolCalls == true)
    #expect(try Self.chat(choice + #","parallel_tool_calls":true"#).parallelToolCalls == true)
    #expect(try Self.chat(#""tool_choice":"required""#).parallelToolCalls == nil)
  }

  @Test(
    arguments: [("none", .none), ("auto", .auto), ("required", .required)]
      as [(String, ToolChoiceMode)]
  )
  func `tools are called as the choice says`(choice: String, mode: ToolChoiceMode) throws {
    #expect(try Self.chat(#""tool_choice":"\#(choice)""#).toolChoice == ToolChoice(mode: mode))
  }

  @Test func `thinking is switched by its effort or the template's option`() throws {
    #expect(try Self.chat("").reasoning == .unspecified)
    #expect(try Self.chat(#""reasoning_effort":"none""#).reasoning == .off)
    let chat = try Self.chat(#""reasoning_effort":"high""#)
    #expect(chat.reasoning == .on)
    #expect(chat.reasoningEffort == .high)
    #expect(try Self.chat(#""reasoning_effort":"none""#).reasoningEffort == .unspecified)
    #expect(
      try Self.chat(#""chat_template_kwargs":{"enable_thinking":false}"#).reasoning == .off
    )
    #expect(try Self.chat(#""chat_template_kwargs":{"thinking":true}"#).reasoning == .on)
    #expect(try Self.chat(#""reasoning_max_tokens":5"#).reasoningMaxTokens == 5)
  }

  @Test func `what cannot change the text is ignored, and so is what nobody knows`() throws {
    let ignored = #"""
      "user":"u","store":true,"metadata":{"a":"b"},"service_tier":"auto","safety_identifier":"x",
      "prompt_cache_key":"k","prompt_cache_options":{},"prompt_cache_retention":"24h",
      "prediction":{"type":"content"},"made_up":[1],"modalities":["text"],"verbosity":"medium",
      "functions":[],"use_beam_search":false,"skip_special_tokens":true,
      "stream_options":{"include_obfuscation":false}
      """#
    #expect(try Self.generation(ignored) == Self.generation(""))
  }

  @Test(
    arguments: [
      ("audio", #""audio":{"voice":"x"}"#), ("modalities", #""modalities":["text","audio"]"#),
      ("web_search_options", #""web_search_options":{}"#), ("verbosity", #""verbosity":"low""#),
      ("functions", #""functions":[{"name":"f"}]"#),
      ("function_call", #""function_call":{"name":"f"}"#),
      ("moderation", #""moderation":{"model":"m"}"#), ("echo", #""echo":true"#),
      ("chat_template", #""chat_template":"x""#), ("documents", #""documents":[1]"#),
      ("use_beam_search", #""use_beam_search":true"#), ("stop_token_ids", #""stop_token_ids":[1]"#),
      ("allowed_token_ids", #""allowed_token_ids":[1]"#), ("bad_words", #""bad_words":["x"]"#),
      ("include_stop_str_in_output", #""include_stop_str_in_output":true"#),
      ("skip_special_tokens", #""skip_special_tokens":false"#),
      ("truncate_prompt_tokens", #""truncate_prompt_tokens":5"#),
      ("prompt_logprobs", #""prompt_logprobs":1"#), ("guided_regex", #""guided_regex":"a""#),
      ("guided_choice", #""guided_choice":["a"]"#),
      ("structured_outputs.regex", #""structured_outputs":{"regex":"a"}"#),
      ("chat_template_kwargs.x", #""chat_template_kwargs":{"x":1}"#),
    ]
  )
  func `what the server does not do is refused by name`(name: String, json: String) throws {
    let failure = try failure(Self.path, "{\(Self.hello),\(json)}")
    #expect(failure.parameter == name)
    #expect(failure.status == .badRequest)
    #expect(failure.error.message.hasPrefix("\(name) is not supported: "))
  }

  @Test(
    arguments: [
      (#"{"model":"m"}"#, "messages", "messages is required"),
      (#"{"messages":"hi"}"#, "messages", "messages must be an array, and is a string"),
      (
        #"{"messages":[{"role":"user","contents":"hi"}]}"#, "messages[0].content",
        "messages[0].content is required"
      ),
      (
        #"{"messages":[{"content":"hi"}]}"#, "messages[0].role",
        "messages[0].role is required"
      ),
      (
        #"{"messages":[{"role":"robot"}]}"#, "messages[0].role",
        #"messages[0].role must be "system", "developer", "user", "assistant" or "tool", and is "robot""#
      ),
      (
        #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}"#,
        "messages[0].content[0].type",
        #"messages[0].content[0].type is "image_url", but this server reads text alone"#
      ),
      (
        #"{"messages":[{"role":"user","content":7}]}"#, "messages[0].content",
        "messages[0].content must be a string or an array of parts, and is 7"
      ),
      (
        #"{"messages":[],"tools":[{"type":"web_search"}]}"#, "tools[0].type",
        #"tools[0].type is "web_search", but this server knows tools of "function" alone"#
      ),
      (
        #"{"messages":[],"tools":[{"type":"function","function":{}}]}"#, "tools[0].function.name",
        "tools[0].function.name is required"
      ),
      (
        #"{"messages":[],"temperature":2.5}"#, "temperature",
        "temperature must be a number from 0 to 2, and is 2.5"
      ),
      (
        #"{"messages":[],"temperature":"hot"}"#, "temperature",
        "temperature must be a number from 0 to 2, and is a string"
      ),
      (#"{"messages":[],"n":0}"#, "n", "n must be an integer from 1 to 16, and is 0"),
      (#"{"messages":[],"n":1.5}"#, "n", "n must be an integer from 1 to 16, and is 1.5"),
      (
        #"{"messages":[],"max_tokens":99999999999}"#, "max_tokens",
        "max_tokens must be an integer from -1 to 2147483647, and is 99999999999"
      ),
      (
        #"{"messages":[],"top_logprobs":2}"#, "top_logprobs",
        "top_logprobs needs logprobs: true"
      ),
      (
        #"{"messages":[],"logit_bias":{"x":1}}"#, "logit_bias.x",
        "logit_bias.x must be named by the id of a token"
      ),
      (
        #"{"messages":[],"logit_bias":{"1":101}}"#, "logit_bias.1",
        "logit_bias.1 must be a number from -100 to 100, and is 101"
      ),
      (
        #"{"messages":[],"response_format":{"type":"yaml"}}"#, "response_format.type",
        #"response_format.type must be "text", "json_object" or "json_schema", and is "yaml""#
      ),
      (
        #"{"messages":[],"response_format":{"type":"json_schema","json_schema":{}}}"#,
        "response_format.json_schema.schema", "response_format.json_schema.schema is required"
      ),
      (
        #"{"messages":[],"grammar":"g","guided_json":{}}"#, "guided_json",
        "guided_json is beside another format of the text: ask for one of them"
      ),
      (
        #"{"messages":[],"stop":[1]}"#, "stop[0]", "stop[0] must be a string, and is 1"
      ),
      (
        #"{"messages":[],"stream":1}"#, "stream", "stream must be true or false, and is 1"
      ),
      (
        #"{"messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":{}}}]}]}"#,
        "messages[0].tool_calls[0].function.arguments",
        "messages[0].tool_calls[0].function.arguments must be a string, and is an object"
      ),
    ]
  )
  func `what is wrong is named`(json: String, name: String, message: String) throws {
    let failure = try failure(Self.path, json)
    #expect(failure.parameter == name)
    #expect(failure.error == CallError(.invalidArgument, message))
  }

  @Test(
    arguments: [
      "", "[]", "{", #"{"messages":[],"messages":[]}"#, "{\"messages\":\"\u{1}\"}", "nul", "7",
      String(repeating: "[", count: 100_000), #"{"a":"\ud800"}"#,
    ]
  )
  func `hostile content is a bad request`(json: String) throws {
    let failure = try failure(Self.path, json)
    #expect(failure.status == .badRequest)
    #expect(failure.error.message.utf8.count < 300)
  }

  @Test func `content that is not UTF-8 is a bad request`() throws {
    let route = HTTPAPI(allowsAnonymous: true).chatCompletions.route
    var body = ByteBuffer(string: #"{"messages":""#)
    body.writeBytes([0xFF, 0xC0])
    body.writeString(#""}"#)
    let request = HTTPRequest(method: .POST, path: Self.path, body: body)
    #expect(throws: HTTPFailure.self) { _ = try route.answer(request) }
  }
}
