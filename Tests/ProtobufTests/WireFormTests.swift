import Identifiers
import NIOCore
import Protobuf
import Testing
import TokenwireAPI

/// Messages as the specification allows them, and few programs write them.
@Suite struct WireFormTests {
  @Test func `the parts of a message are merged`() throws {
    let request = try self.request(
      self.bytes(of: GenerateRequest(sampling: SamplingOptions(temperature: 0.5, seed: 1))),
      self.bytes(of: GenerateRequest(model: "m")),
      self.bytes(of: GenerateRequest(sampling: SamplingOptions(topK: 4, seed: 7)))
    )
    let sampling = SamplingOptions(temperature: 0.5, topK: 4, seed: 7)
    #expect(request == GenerateRequest(model: "m", sampling: sampling))
  }

  @Test func `empty parts are parts`() throws {
    let empty = self.bytes(of: GenerateRequest(sampling: SamplingOptions()))
    #expect(try self.request(empty, empty) == GenerateRequest(sampling: SamplingOptions()))
  }

  @Test func `the parts of a member of a oneof are merged`() throws {
    func messages(_ contents: String...) -> GenerateRequest {
      GenerateRequest(
        input: .messages(ChatMessages(messages: contents.map { ChatMessage(content: $0) }))
      )
    }
    let joined = try self.request(self.bytes(of: messages("a")), self.bytes(of: messages("b", "c")))
    #expect(joined == messages("a", "b", "c"))
  }

  @Test func `parts within repeated messages are merged`() throws {
    // Delta.logprobs (3) twice; in the first, chosen (1) in two parts.
    let chosen: [[UInt8]] = [[0x0A, 0x02, 0x08, 0x03], [0x0A, 0x03, 0x12, 0x01, 0x41]]
    let first = chosen.flatMap { $0 }
    let bytes = [0x1A, UInt8(first.count)] + first + [0x1A, 0x04] + chosen[0]
    let delta = try Delta(serialized: ByteBuffer(bytes: bytes))
    #expect(
      delta.logprobs.map(\.chosen) == [
        Logprob(tokenID: 3, token: ByteBuffer(string: "A")), Logprob(tokenID: 3),
      ]
    )
  }

  /// Of field 100: with a number in it; with another group, in which there is one; with none.
  @Test(
    arguments: [
      [0xA3, 0x06, 0x08, 0x05, 0xA4, 0x06],
      [0xA3, 0x06, 0xAB, 0x06, 0x08, 0x05, 0xAC, 0x06, 0x0A, 0x01, 0x78, 0xA4, 0x06],
      [0xA3, 0x06, 0xA4, 0x06],
    ] as [[UInt8]]
  )
  func `groups are skipped`(group: [UInt8]) throws {
    let role = self.bytes(of: ChatMessage(role: "user"))
    let content = self.bytes(of: ChatMessage(content: "Hi"))
    let message = try ChatMessage(serialized: ByteBuffer(bytes: role + group + content))
    #expect(message == ChatMessage(role: "user", content: "Hi"))
    // Of a field that there is, in a message within a message.
    let inner = content + [0x0B, 0x0C] + role
    let outer = ByteBuffer(bytes: [0x0A, UInt8(inner.count)] + inner)
    #expect(
      try ChatMessages(serialized: outer).messages == [ChatMessage(role: "user", content: "Hi")]
    )
  }

  /// Without its end, with another's end, an end alone, with more groups in it than are read.
  @Test(
    arguments: [
      [0xA3, 0x06, 0x08, 0x05],
      [0xA3, 0x06, 0xAC, 0x06],
      [0xA4, 0x06],
      Array(repeating: 0x0B, count: 101) + Array(repeating: 0x0C, count: 101),
    ] as [[UInt8]]
  )
  func `groups that do not end as they begin are refused`(bytes: [UInt8]) {
    #expect(throws: MessageError("the bytes are not a ChatMessage")) {
      try ChatMessage(serialized: ByteBuffer(bytes: bytes))
    }
  }

  @Test func `groups in groups are given up before they cost more`() {
    #expect(throws: MessageError("the bytes are not a ChatMessage")) {
      try ChatMessage(serialized: ByteBuffer(repeating: 0x0B, count: 4_000_000))
    }
  }

  @Test func `fields of another wire type are skipped`() throws {
    // model as a number, sampling as a number, max_tokens as four bytes; stop as it should be.
    let bytes: [UInt8] = [
      0x08, 0x01, 0x28, 0x01, 0x35, 0x01, 0x00, 0x00, 0x00, 0x3A, 0x01, 0x78,
    ]
    #expect(try self.request(bytes) == GenerateRequest(stop: ["x"]))
  }

  @Test func `numbers come packed or one by one`() throws {
    // token_ids is field 2 of a Delta.
    for bytes: [UInt8] in [
      [0x12, 0x02, 0x01, 0x02], [0x10, 0x01, 0x10, 0x02], [0x12, 0x01, 0x01, 0x10, 0x02],
    ] {
      #expect(try Delta(serialized: ByteBuffer(bytes: bytes)).tokenIDs == [1, 2])
    }
  }

  @Test func `two members of a oneof are refused behind a group, too`() throws {
    let prompt = self.bytes(of: GenerateRequest(input: .prompt("a")))
    let ids = self.bytes(of: GenerateRequest(input: .promptTokenIDs(TokenIDs(ids: [1]))))
    #expect(throws: MessageError("prompt and prompt_token_ids are both set: set one of them")) {
      try self.request(prompt, [0xA3, 0x06, 0xA4, 0x06], ids)
    }
  }

  @Test func `as a tree, a message has all its parts`() throws {
    let part = self.bytes(of: GenerateRequest(stop: ["x"]))
    let bytes =
      part + self.bytes(of: GenerateRequest(sampling: SamplingOptions(topK: 4)))
      + self.bytes(of: GenerateRequest(sampling: SamplingOptions(seed: 7)))
    let value = try GenerateRequest.value(of: ByteBuffer(bytes: bytes))
    #expect(value["sampling"]?["top_k"] == .integer(4))
    #expect(value["sampling"]?["seed"] == .unsigned(7))
  }

  private func request(_ parts: [UInt8]...) throws -> GenerateRequest {
    try GenerateRequest(serialized: ByteBuffer(bytes: parts.flatMap { $0 }))
  }

  private func bytes(of message: some Message) -> [UInt8] {
    var buffer = ByteBuffer()
    message.serialize(into: &buffer)
    return Array(buffer.readableBytesView)
  }
}
