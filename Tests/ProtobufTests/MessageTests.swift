import Identifiers
import NIOCore
import Protobuf
import TestThreads
import Testing
import TokenwireAPI

@Suite struct MessageTests {
  static let request = GenerateRequest(
    model: "m",
    input: .messages(ChatMessages(messages: [ChatMessage(role: "user", content: "Grüße 🎌")])),
    sampling: SamplingOptions(temperature: 0, topK: -1, seed: .max),
    maxTokens: 7,
    stop: ["a", "", "日本"],
    echo: true,
    logprobs: 0,
    constraint: .grammar("root ::= \"x\""),
    accessToken: "t",
    timeoutNano: .min,
    metadata: ["b": "2", "a": "1", "": ""]
  )

  @Test func `every kind of field round trips`() throws {
    #expect(try roundTrip(Self.request) == Self.request)
  }

  @Test(arguments: [
    GenerateResponse.Event.started(Started(generationID: "g", seed: 1, queueTimeNano: -5)),
    .delta(
      Delta(
        text: "t",
        tokenIDs: [0, -1, .max],
        logprobs: [
          TokenLogprobs(
            chosen: Logprob(tokenID: 3, token: ByteBuffer(bytes: [0xFF, 0]), logprob: -0.5)
          )
        ]
      )
    ),
    .finished(Finished(finishReason: .stopSequence, usage: Usage(promptTokens: 1))),
  ])
  func `each member of a oneof round trips`(event: GenerateResponse.Event) throws {
    let response = GenerateResponse(seq: .max, completionTokens: .min, event: event)
    #expect(try roundTrip(response) == response)
  }

  @Test func `an empty message is no bytes`() throws {
    #expect(GenerateRequest().bytes.readableBytes == 0)
    #expect(try GenerateRequest(serialized: ByteBuffer()) == GenerateRequest())
  }

  /// Made with the `protobuf` package from PyPI.
  @Test func `bytes are those that other implementations make`() throws {
    let bytes = ByteBuffer(bytes: [
      0x0A, 0x01, 0x6D, 0x12, 0x02, 0x68, 0x69, 0x2A, 0x0B, 0x0D, 0x00, 0x00, 0x00, 0x3F, 0x10,
      0x28, 0x48, 0x80, 0x80, 0x40, 0x30, 0x05, 0x72, 0x06, 0x0A, 0x01, 0x6B, 0x12, 0x01, 0x76,
    ])
    let request = GenerateRequest(
      model: "m",
      input: .prompt("hi"),
      sampling: SamplingOptions(temperature: 0.5, topK: 40, seed: 1_048_576),
      maxTokens: 5,
      metadata: ["k": "v"]
    )
    #expect(request.bytes == bytes)
    #expect(try GenerateRequest(serialized: bytes) == request)
  }

  @Test func `absent and zero are different where presence counts`() throws {
    let zero = SamplingOptions(temperature: 0, seed: 0)
    #expect(try roundTrip(zero) == zero)
    #expect(try roundTrip(SamplingOptions()).temperature == nil)
  }

  @Test(arguments: [Float.infinity, -.infinity, .greatestFiniteMagnitude, -0.0])
  func `numbers survive`(number: Float) throws {
    #expect(try roundTrip(SamplingOptions(minP: number)).minP == number)
    #expect(try roundTrip(SamplingOptions(minP: .nan)).minP?.isNaN == true)
  }

  @Test func `a NUL in text survives`() throws {
    let message = ChatMessage(role: "a\u{0}b", content: "\u{0}")
    #expect(try roundTrip(message) == message)
  }

  @Test func `maps are written in the order of their keys`() {
    let forward = GenerateRequest(metadata: ["a": "1", "b": "2", "c": "3"])
    let backward = GenerateRequest(metadata: ["c": "3", "b": "2", "a": "1"])
    #expect(forward.bytes == backward.bytes)
  }

  @Test func `fields that nobody knows are skipped`() throws {
    var bytes = ChatMessage(role: "user").bytes
    // Field 100 as a number, and field 101 as bytes.
    bytes.writeBytes([0xA0, 0x06, 0x01, 0xAA, 0x06, 0x02, 0x01, 0x02])
    #expect(try ChatMessage(serialized: bytes) == ChatMessage(role: "user"))
  }

  @Test func `enum values that nobody knows are kept`() throws {
    let finished = Finished(finishReason: FinishReason(rawValue: 77))
    #expect(try roundTrip(finished) == finished)
  }

  @Test func `a message cut short is refused`() throws {
    let bytes = Self.request.bytes
    for length in [1, bytes.readableBytes - 1] {
      let error = #expect(throws: MessageError.self) {
        try GenerateRequest(serialized: bytes.getSlice(at: 0, length: length) ?? ByteBuffer())
      }
      #expect(error?.message == "the bytes are not a GenerateRequest")
    }
  }

  static let invalid: [UInt8] = [0xC3, 0x28]

  @Test(arguments: [
    ([0x0A, 0x02] + invalid, "GenerateRequest.model is not valid UTF-8"),
    ([0x12, 0x02] + invalid, "GenerateRequest.prompt is not valid UTF-8"),
    ([0x3A, 0x02] + invalid, "GenerateRequest.stop is not valid UTF-8"),
    ([0x72, 0x04, 0x0A, 0x02] + invalid, "GenerateRequest.metadata is not valid UTF-8"),
    ([0x72, 0x04, 0x12, 0x02] + invalid, "GenerateRequest.metadata is not valid UTF-8"),
    ([0x1A, 0x06, 0x0A, 0x04, 0x12, 0x02] + invalid, "ChatMessage.content is not valid UTF-8"),
  ])
  func `text that is not UTF-8 is refused, wherever it is`(bytes: [UInt8], message: String) {
    #expect(throws: MessageError(message)) {
      try GenerateRequest(serialized: ByteBuffer(bytes: bytes))
    }
  }

  @Test func `two inputs are refused`() throws {
    var bytes = GenerateRequest(input: .prompt("a")).bytes
    bytes.writeImmutableBuffer(GenerateRequest(input: .promptTokenIDs(TokenIDs(ids: [1]))).bytes)
    #expect(throws: MessageError("prompt and prompt_token_ids are both set: set one of them")) {
      try GenerateRequest(serialized: bytes)
    }
  }

  @Test func `large messages leave the stack`() throws {
    let request = GenerateRequest(
      input: .prompt(String(repeating: "x", count: 1_000_000)),
      stop: (0 ..< 10_000).map { "stop \($0)" }
    )
    #expect(try roundTrip(request) == request)
  }

  @Test(.ownThread) func `a small message cannot grow without bound`() {
    // Two million empty messages in four million bytes.
    let bytes = ByteBuffer(bytes: (0 ..< 4_000_000).map { $0.isMultiple(of: 2) ? 0x0A : 0x00 })
    #expect(throws: MessageError.self) { try ChatMessages(serialized: bytes) }
  }

  private func roundTrip<Value: Message>(_ value: Value) throws -> Value {
    try Value(serialized: value.bytes)
  }
}

extension Message {
  fileprivate var bytes: ByteBuffer {
    var buffer = ByteBuffer()
    self.serialize(into: &buffer)
    return buffer
  }
}
