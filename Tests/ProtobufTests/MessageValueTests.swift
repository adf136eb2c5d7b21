import Identifiers
import NIOCore
import Protobuf
import Testing
import TokenwireAPI

@Suite struct MessageValueTests {
  private static func value<Value: CMessage>(of message: Value) throws -> MessageValue {
    var bytes = ByteBuffer()
    message.serialize(into: &bytes)
    return try Value.value(of: bytes)
  }

  @Test func `a message is a tree of its fields, without those that have their default`() throws {
    let request = GenerateRequest(
      input: .messages(ChatMessages(messages: [ChatMessage(role: "user", content: "go")])),
      sampling: SamplingOptions(temperature: 0.5, topK: 0, seed: 7),
      maxTokens: 3,
      stop: ["a", "b"],
      echo: true,
      timeoutNano: -9
    )
    let message = MessageValue.fields([.init("role", .text("user")), .init("content", .text("go"))])
    #expect(
      try Self.value(of: request)
        == .fields([
          .init("messages", .fields([.init("messages", .list([message]))])),
          .init(
            "sampling",
            .fields([
              .init("temperature", .number(0.5)), .init("top_k", .integer(0)),
              .init("seed", .unsigned(7)),
            ])
          ),
          .init("max_tokens", .integer(3)),
          .init("stop", .list([.text("a"), .text("b")])),
          .init("echo", .bool(true)),
          .init("timeout_nano", .integer(-9)),
        ])
    )
  }

  @Test func `numbers of lists and bytes that are no text are there, too`() throws {
    let bytes = ByteBuffer(bytes: [0xFF])
    let logprob = TokenLogprobs(chosen: Logprob(tokenID: 4, token: bytes, logprob: -1))
    let value = try Self.value(of: Delta(text: "x", tokenIDs: [4, -5], logprobs: [logprob]))
    #expect(value["token_ids"] == .list([.integer(4), .integer(-5)]))
    let chosen = MessageValue.fields([
      .init("token_id", .integer(4)), .init("token", .bytes(bytes)), .init("logprob", .number(-1)),
    ])
    #expect(value["logprobs"] == .list([.fields([.init("chosen", chosen)])]))
  }

  @Test func `bytes that are no message are refused`() {
    #expect(throws: MessageError.self) {
      try GenerateRequest.value(of: ByteBuffer(bytes: [0xFF, 0xFF]))
    }
  }

  @Test func `fields are removed and enums are named wherever they are`() throws {
    let value = try Self.value(
      of: GenerateResponse(
        seq: 3,
        event: .finished(Finished(finishReason: .length, usage: Usage(promptTokens: 2)))
      )
    )
    let changed = value.removing(["seq", "usage"]).naming(GenerateResponse.fields)
    #expect(
      changed
        == .fields([.init("finished", .fields([.init("finish_reason", .name("LENGTH"))]))])
    )
  }
}
