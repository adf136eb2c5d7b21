import HTTPTransport
import Identifiers
import JSON
import NIOCore
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct CompletionTests {
  static let path = "/v1/completions"

  private static func exchange(_ fields: String) throws -> OpenAIExchange {
    try OpenAIExchange(.POST, Self.path, "{\(fields)}")
  }

  // MARK: Requests

  @Test(
    arguments: [
      (#""a""#, [.prompt("a")]),
      (#"["a","b"]"#, [.prompt("a"), .prompt("b")]),
      ("[1,2]", [.promptTokenIDs(TokenIDs(ids: [1, 2]))]),
      ("[[1],[2]]", [.promptTokenIDs(TokenIDs(ids: [1])), .promptTokenIDs(TokenIDs(ids: [2]))]),
    ] as [(String, [GenerateRequest.Input])]
  )
  func `each prompt is a call`(prompt: String, inputs: [GenerateRequest.Input]) throws {
    let generations = try Self.exchange(#""prompt":\#(prompt)"#).generations
    #expect(generations.map(\.input) == inputs)
    #expect(generations.allSatisfy { $0.maxTokens == 16 })
  }

  @Test func `echo with probabilities asks for those of the prompt`() throws {
    let request = try Self.exchange(#""prompt":"a","echo":true,"logprobs":1,"max_tokens":0"#)
      .generation
    #expect(request.echo)
    #expect(request.logprobs == 1)
    #expect(request.promptLogprobs == 1)
    #expect(request.maxTokens == 0)
    #expect(try Self.exchange(#""prompt":"a","logprobs":1"#).generation.promptLogprobs == nil)
    #expect(try Self.exchange(#""prompt":"a","echo":true"#).generation.promptLogprobs == nil)
  }

  @Test func `what asks for nothing passes`() throws {
    let request = try Self.exchange(
      #""prompt":"a","suffix":"","best_of":2,"n":2,"user":"u","stop":null"#
    ).generation
    #expect(request.n == 2)
  }

  @Test(
    arguments: [
      (#""prompt":"a","best_of":2"#, "best_of"), (#""prompt":"a","suffix":"x""#, "suffix"),
      (#""prompt":"a","prompt_embeds":"x""#, "prompt_embeds"),
      (#""prompt":"a","logprobs":21"#, "logprobs"), (#""prompt":"a","logprobs":true"#, "logprobs"),
      (#""prompt":[]"#, "prompt"), (#""prompt":{}"#, "prompt"), (#""prompt":["a",1]"#, "prompt[1]"),
      (#""prompt":[1,"a"]"#, "prompt[1]"), (#""prompt":[[1],["a"]]"#, "prompt[1][0]"),
      (#""prompt":[1.5]"#, "prompt[0]"), (#""prompt":[99999999999]"#, "prompt[0]"),
      (#""prompt":[null]"#, "prompt[0]"), (#""prompt":null"#, "prompt"), ("", "prompt"),
    ]
  )
  func `what is wrong or not done is named`(json: String, name: String) throws {
    let failure = try failure(Self.path, "{\(json)}")
    #expect(failure.parameter == name)
    #expect(failure.status == .badRequest)
  }

  @Test func `there are at most 2048 prompts`() throws {
    let prompts = Array(repeating: #""a""#, count: 2049).joined(separator: ",")
    let failure = try failure(Self.path, #"{"prompt":[\#(prompts)]}"#)
    #expect(failure.error.message == "prompt has 2049 prompts, but must have at most 2048")
  }

  // MARK: Answers

  @Test func `a stream has texts, a reason and an end`() throws {
    var exchange = try Self.exchange(
      #""prompt":"a","stream":true,"stream_options":{"include_usage":true}"#
    )
    try exchange.respond(.begin, .text("b"), .end(.length))
    try exchange.finish()
    let head = #"{"id":"cmpl-gen-1","object":"text_completion","created":1,"model":"m","choices":["#
    #expect(
      exchange.events == [
        head + #"{"index":0,"text":"b","logprobs":null,"finish_reason":null}],"usage":null}"#,
        head + #"{"index":0,"text":"","logprobs":null,"finish_reason":"length"}],"usage":null}"#,
        head
          + #"],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":0}}}"#,
        "[DONE]",
      ]
    )
  }

  @Test func `choices are those of the prompts, one after the other`() throws {
    for stream in [false, true] {
      var exchange = try Self.exchange(#""prompt":["a","b"],"n":2,"stream":\#(stream)"#)
      try exchange.respond(.begin, .text("c", index: 1), to: 1)
      try exchange.respond(.begin, .text("d"), .end(.stop), .end(.stop, index: 1))
      try exchange.respond(.end(.stop), .end(.length, index: 1), to: 1)
      try exchange.finish()
      if stream {
        let events = try exchange.events.dropLast().map { try OpenAIExchange.json($0) }
        #expect(
          events.map { $0["choices.0.index"] }
            == ["3", "0", "0", "1", "2", "3"].map { .number($0) }
        )
      } else {
        let json = try exchange.json
        #expect(json["choices.0.text"] == .string("d"))
        #expect(json["choices.3.text"] == .string("c"))
        #expect(json["choices.3.index"] == .number("3"))
        #expect(json["usage.prompt_tokens"] == .number("10"))
        #expect(json["usage.completion_tokens"] == .number("12"))
      }
    }
  }

  /// What evaluations read: the prompt's probabilities, of which the first token has none.
  @Test func `an echoed prompt has its probabilities`() throws {
    var exchange = try Self.exchange(#""prompt":"aé","echo":true,"logprobs":1,"max_tokens":1"#)
    try exchange.respond(
      .begin,
      .text("aé"),
      .promptLogprobs(PromptLogprobs(logprobs: [TokenLogprobs("a", 0)])),
      .promptLogprobs(
        PromptLogprobs(offset: 1, logprobs: [TokenLogprobs("é", -2, top: [("b", -0.5)])])
      ),
      .delta(Delta(text: "c", logprobs: [TokenLogprobs("c", -0.25, top: [("c", -0.25)])])),
      .end(.length)
    )
    try exchange.finish()
    let json = try exchange.json
    #expect(json["choices.0.text"] == .string("aéc"))
    #expect(
      try json["choices.0.logprobs"]
        == OpenAIExchange.json(
          #"{"tokens":["a","é","c"],"token_logprobs":[null,-2.0,-0.25],"top_logprobs":[null,{"b":-0.5,"é":-2.0},{"c":-0.25}],"text_offset":[0,1,2]}"#
        )
    )
  }

  /// Evaluations drop the last entry, which must then not be the prompt's.
  @Test(arguments: [false, true])
  func `a text that ends with its first token has an entry after the prompt's`(
    stream: Bool
  ) throws {
    var exchange = try Self.exchange(
      #""prompt":"aé","echo":true,"logprobs":1,"max_tokens":1,"stream":\#(stream)"#
    )
    try exchange.respond(
      .begin,
      .promptLogprobs(
        PromptLogprobs(
          logprobs: [TokenLogprobs("a", 0), TokenLogprobs("é", -2, top: [("b", -0.5)])]
        )
      ),
      .text("aé"),
      .end(.stop)
    )
    try exchange.finish()
    let prompt =
      #""tokens":["a","é"],"token_logprobs":[null,-2.0],"top_logprobs":[null,{"b":-0.5,"é":-2.0}],"text_offset":[0,1]"#
    let end = #""tokens":[""],"token_logprobs":[null],"top_logprobs":[null],"text_offset":[2]"#
    if stream {
      let logprobs = try exchange.events.dropLast().map {
        try OpenAIExchange.json($0)["choices.0.logprobs"]
      }
      #expect(
        try logprobs
          == [OpenAIExchange.json("{\(prompt)}"), .null, OpenAIExchange.json("{\(end)}")]
      )
    } else {
      let json = try exchange.json
      #expect(json["choices.0.text"] == .string("aé"))
      #expect(
        try json["choices.0.logprobs"]
          == OpenAIExchange.json(
            #"{"tokens":["a","é",""],"token_logprobs":[null,-2.0,null],"top_logprobs":[null,{"b":-0.5,"é":-2.0},null],"text_offset":[0,1,2]}"#
          )
      )
    }
  }

  @Test(
    arguments: [
      // No token was asked for, or a stop string has ended the text.
      (#""echo":true,"logprobs":1,"max_tokens":0"#, [prompt, .end(.length)], 1),
      (#""echo":true,"logprobs":1,"stop":"b""#, [prompt, .end(.stopSequence)], 1),
      // The text has a token.
      (
        #""echo":true,"logprobs":1"#,
        [prompt, .delta(Delta(text: "b", logprobs: [TokenLogprobs("b", -1)])), .end(.stop)], 2
      ),
      // Without the prompt's, the entries are those of the text.
      (#""logprobs":1"#, [.end(.stop)], 0),
    ] as [(String, [GenerateResponse.Event], Int)]
  )
  func `nothing else has an entry without a token`(
    fields: String,
    events: [GenerateResponse.Event],
    count: Int
  ) throws {
    var exchange = try Self.exchange(#""prompt":"a",\#(fields)"#)
    try exchange.respond(.begin)
    for event in events { try exchange.respond(event) }
    try exchange.finish()
    guard case .array(let tokens) = try exchange.json["choices.0.logprobs.tokens"] else {
      Issue.record("There are no tokens.")
      return
    }
    #expect(tokens.count == count)
  }

  private static let prompt = GenerateResponse.Event.promptLogprobs(
    PromptLogprobs(logprobs: [TokenLogprobs("a", 0)])
  )

  @Test func `in a stream, all texts of a prompt have its probabilities`() throws {
    var exchange = try Self.exchange(#""prompt":"a","echo":true,"logprobs":0,"n":2,"stream":true"#)
    try exchange.respond(
      .begin,
      .promptLogprobs(PromptLogprobs(logprobs: [TokenLogprobs("a", 0)])),
      .text("a"),
      .delta(Delta(text: "b", logprobs: [TokenLogprobs("b", -1)])),
      .end(.length)
    )
    let logprobs = try exchange.events.map { try OpenAIExchange.json($0)["choices.0.logprobs"] }
    let prompt = try OpenAIExchange.json(
      #"{"tokens":["a"],"token_logprobs":[null],"top_logprobs":[null],"text_offset":[0]}"#
    )
    let text = try OpenAIExchange.json(
      #"{"tokens":["b"],"token_logprobs":[-1.0],"top_logprobs":[{"b":-1.0}],"text_offset":[1]}"#
    )
    #expect(logprobs == [prompt, prompt, .null, text, .null])
  }

  @Test
  func `tokens that are not whole characters are told by their bytes, and no name comes twice`()
    throws
  {
    var exchange = try Self.exchange(#""prompt":"a","logprobs":2"#)
    let half = Logprob(token: ByteBuffer(bytes: [0xE2, 0x08]), logprob: -1)
    let same = [
      Logprob(token: ByteBuffer(string: "x"), logprob: -1),
      Logprob(token: ByteBuffer(string: "x"), logprob: -2),
    ]
    let token = TokenLogprobs(chosen: half, top: same)
    try exchange.respond(.begin, .delta(Delta(text: "b", logprobs: [token])), .end(.stop))
    try exchange.finish()
    #expect(
      try exchange.json["choices.0.logprobs"]
        == OpenAIExchange.json(
          #"{"tokens":["bytes:\\xe2\\x08"],"token_logprobs":[-1.0],"top_logprobs":[{"x":-1.0,"bytes:\\xe2\\x08":-1.0}],"text_offset":[0]}"#
        )
    )
  }
}
