import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// How many tokens an input has, as servers tell it.
@Suite struct CountTests {
  private static func count(
    _ kind: UpstreamKind,
    _ input: GenerationInput,
    _ answers: String...
  ) async throws -> TokenExchange<Int> {
    let answer = answers.last ?? ""
    return try await TokenExchange(kind, answers.first ?? "", answer) {
      try await $0.countTokens(input)
    }
  }

  private static let openAITools =
    #""tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","#
    + #""properties":{}}}}],"tool_choice":"required""#

  @Test func `Anthropic counts what it would get for a text`() async throws {
    let exchange = try await Self.count(
      .anthropic,
      .wholeConversation,
      #"{"input_tokens":42,"context_management":null}"#
    )
    #expect(exchange.answer == 42)
    #expect(exchange.lines == ["POST /v1/messages/count_tokens HTTP/1.1"])
    #expect(
      exchange.requests[0].body
        == #"{"model":"there","system":"Be brief.","messages":[{"role":"user","content":[{"type":"text","#
        + #""text":"a"}]}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"#
        + #""tool_choice":{"type":"any"}}"#
    )
    #expect(exchange.requests[0].head.contains("x-api-key: sk-very"))
    #expect(exchange.requests[0].head.contains("anthropic-version: 2023-06-01"))
  }

  @Test func `Anthropic counts thinking, and a prompt as a message`() async throws {
    let thinking = GenerationInput.conversation(
      Conversation([ChatMessage(role: .user, content: "a")], maximumReasoningTokens: 2048)
    )
    let thought = try await Self.count(.anthropic, thinking, #"{"input_tokens":9}"#)
    #expect(
      thought.requests[0].body.contains(#""thinking":{"type":"enabled","budget_tokens":2048}}"#)
    )
    let prompt = try await Self.count(.anthropic, .prompt("Once"), #"{"input_tokens":1}"#)
    #expect(prompt.answer == 1)
    #expect(
      prompt.requests[0].body.contains(#""role":"user","content":[{"type":"text","text":"Once"}]"#)
    )
  }

  @Test(arguments: [UpstreamKind.vllm, .compatible])
  func `vLLM counts prompts and conversations`(kind: UpstreamKind) async throws {
    let answer = #"{"count":3,"max_model_len":4096,"tokens":[5,6,7],"token_strs":null}"#
    let prompt = try await Self.count(kind, .prompt("Once"), answer)
    #expect(prompt.answer == 3)
    #expect(prompt.lines == ["POST /tokenize HTTP/1.1"])
    #expect(prompt.requests[0].body == #"{"model":"there","prompt":"Once"}"#)
    #expect(prompt.requests[0].head.contains("authorization: Bearer sk-very"))
    let chat = try await Self.count(kind, .wholeConversation, answer)
    #expect(chat.answer == 3)
    #expect(
      chat.requests[0].body
        == #"{"model":"there","messages":[{"role":"system","content":"Be brief."},"#
        + #"{"role":"user","content":"a"}],\#(Self.openAITools)}"#
    )
  }

  @Test func `vLLM counts a text to be continued, and the end of thinking`() async throws {
    let input = GenerationInput.conversation(
      Conversation(
        [ChatMessage(role: .user, content: "a"), ChatMessage(role: .assistant, content: "So ")],
        reasoning: .off
      )
    )
    let exchange = try await Self.count(.vllm, input, #"{"count":1,"tokens":[5]}"#)
    #expect(
      exchange.requests[0].body.contains(
        #""chat_template_kwargs":{"enable_thinking":false,"thinking":false},"continue_final_message":true,"#
          + #""add_generation_prompt":false}"#
      )
    )
  }

  @Test func `another Tokenwire tells the number alone`() async throws {
    let exchange = try await Self.count(
      .tokenwire,
      .prompt("Once"),
      #"{"count":3,"max_model_len":4096,"tokens":[],"token_strs":null}"#
    )
    #expect(exchange.answer == 3)
    #expect(
      exchange.requests[0].body == #"{"model":"there","prompt":"Once","return_tokens":false}"#
    )
  }

  @Test func `llama-server's template makes the text that is counted`() async throws {
    let prompt = try await Self.count(.llamaServer, .prompt("Once"), #"{"tokens":[1,9038]}"#)
    #expect(prompt.answer == 2)
    #expect(prompt.lines == ["POST /tokenize HTTP/1.1"])
    let content = #"{"content":"Once","add_special":true,"parse_special":true}"#
    #expect(prompt.requests[0].body == content)
    let chat = try await Self.count(
      .llamaServer,
      .wholeConversation,
      #"{"prompt":"<|im_start|>a"}"#,
      #"{"tokens":[1,2,3,4]}"#
    )
    #expect(chat.answer == 4)
    #expect(
      chat.lines == ["POST /apply-template HTTP/1.1", "POST /tokenize HTTP/1.1"]
    )
    #expect(chat.requests[0].body.contains(Self.openAITools))
    #expect(chat.requests[1].body.contains(#"{"content":"<|im_start|>a","add_special":true"#))
  }

  @Test func `SGLang counts prompts`() async throws {
    let exchange = try await Self.count(
      .sglang,
      .prompt("Once"),
      #"{"tokens":[1,2],"count":2,"max_model_len":-1}"#
    )
    #expect(exchange.answer == 2)
    #expect(exchange.requests[0].body == #"{"model":"there","prompt":"Once"}"#)
  }

  @Test func `the number of tokens needs no server`() async throws {
    let exchange = try await Self.count(.openai, .tokens([1, 2, 3]))
    #expect(exchange.answer == 3)
    #expect(exchange.requests.isEmpty)
  }

  @Test func `an address without a version is that of the server`() async throws {
    let upstream = try await FakeUpstream.start { _, _ in
      .answer(#"{"count":1,"tokens":[5]}"#, type: "application/json")
    }
    var model = UpstreamModel.of(upstream, kind: .vllm)
    model.replicas[0].baseURL += "beta"
    let count = try await withGenerator(model) { try await $0.countTokens(.prompt("a")) }
    #expect(count == 1)
    #expect(upstream.requests.first?.head.hasPrefix("POST /v1beta/tokenize HTTP/1.1") == true)
    try await upstream.stop()
  }

  @Test func `a prompt is counted as it is sent`() async throws {
    let upstream = try await FakeUpstream.start { _, _ in
      .answer(#"{"count":1,"tokens":[5]}"#, type: "application/json")
    }
    var model = UpstreamModel.of(upstream, kind: .vllm)
    model.promptForm = .message
    _ = try await withGenerator(model) { try await $0.countTokens(.prompt("a")) }
    #expect(
      upstream.requests.first?.body
        == #"{"model":"there","messages":[{"role":"user","content":"a"}]}"#
    )
    try await upstream.stop()
  }
}
