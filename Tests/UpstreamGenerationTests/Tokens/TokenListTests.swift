import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// The tokens of an input, and their text, as servers tell them.
@Suite struct TokenListTests {
  @Test(arguments: [
    (UpstreamKind.vllm, #"{"count":2,"max_model_len":9,"tokens":[5,128000]}"#),
    (.compatible, #"{"tokens":[5,128000],"count":2}"#),
    (.sglang, #"{"tokens":[5,128000],"count":2}"#),
    (.tokenwire, #"{"count":2,"max_model_len":9,"tokens":[5,128000],"token_strs":null}"#),
    (.llamaServer, #"{"tokens":[5,128000]}"#),
  ])
  func `servers tell the tokens of a prompt`(kind: UpstreamKind, answer: String) async throws {
    let exchange = try await TokenExchange(kind, answer) {
      try await $0.tokens(of: .prompt("Once"), requester: .anyone)
    }
    #expect(exchange.answer == [5, 128_000])
    #expect(exchange.lines == ["POST /tokenize HTTP/1.1"])
    #expect(!exchange.requests[0].body.contains("return_tokens"))
  }

  @Test func `given tokens are what they are`() async throws {
    let exchange = try await TokenExchange(.vllm, "") {
      try await $0.tokens(of: .tokens([3, 1]), requester: .anyone)
    }
    #expect(exchange.answer == [3, 1])
    #expect(exchange.requests.isEmpty)
  }

  @Test(arguments: [
    (UpstreamKind.vllm, "prompt", ""), (.compatible, "prompt", ""), (.tokenwire, "prompt", ""),
    (.sglang, "text", #","skip_special_tokens":false"#), (.llamaServer, "content", ""),
  ])
  func `tokens have a text`(kind: UpstreamKind, member: String, more: String) async throws {
    let exchange = try await TokenExchange(kind, #"{"\#(member)":"<s>a\"b\u0000","other":[]}"#) {
      try await $0.text(of: [1, 5], requester: .anyone)
    }
    #expect(exchange.answer == "<s>a\"b\u{0}")
    #expect(exchange.lines == ["POST /detokenize HTTP/1.1"])
    #expect(exchange.requests[0].body == #"{"model":"there","tokens":[1,5]\#(more)}"#)
  }

  @Test func `no tokens have no text, and a token is not negative`() async throws {
    let exchange = try await TokenExchange(.vllm, "") { generator in
      let text = try await generator.text(of: [], requester: .anyone)
      let error = await failure { () async throws(GenerationError) in
        try await generator.text(of: [1, -2], requester: .anyone)
      }
      return (text, error)
    }
    #expect(exchange.answer.0.isEmpty)
    #expect(exchange.answer.1?.code == .invalidRequest)
    #expect(exchange.answer.1?.message.contains("token_ids has -2") == true)
    #expect(exchange.requests.isEmpty)
  }

  @Test(arguments: ["{}", #"{"prompt":5}"#, #"{"prompt":null}"#, #"{"prompt":"a"#, "[]", ""])
  func `what is no text is an error`(answer: String) async throws {
    let exchange = try await TokenExchange(.vllm, answer) { generator in
      await failure { () async throws(GenerationError) in
        try await generator.text(of: [1], requester: .anyone)
      }
    }
    #expect(exchange.answer?.code == .unavailable)
    #expect(exchange.answer?.message.contains("gave an answer that") == true)
  }
}
