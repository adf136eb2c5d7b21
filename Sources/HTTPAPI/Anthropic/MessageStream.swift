internal import HTTPTransport
internal import JSON
internal import NIOCore
internal import RPC
internal import TokenwireAPI

/// Answers with the events of a message, in Anthropic's order
/// (https://platform.claude.com/docs/en/build-with-claude/streaming).
struct MessageStream: AnswerWriter {
  let requestID: String
  /// How many blocks have begun.
  private var blocks = 0
  /// The one that has not ended.
  private var block: Block?

  private enum Block: Equatable {
    case thinking
    case text
    /// The call with this index.
    case call(Int32)
  }

  private static let ping = ByteBuffer(string: "event: ping\ndata: {\"type\":\"ping\"}\n\n")

  init(requestID: String) {
    self.requestID = requestID
  }

  var contentType: String { ServerSentEvents.contentType }
  var keepalive: ByteBuffer? { Self.ping }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    switch try GenerateResponse(response: message).event {
    case .started(let started): Self.begin(started, &body)
    case .delta(let delta): self.write(delta, to: &body)
    case .finished(let finished): self.end(finished, &body)
    default: break
    }
  }

  mutating func finish(to body: inout ByteBuffer) {}

  mutating func fail(_ failure: HTTPFailure, to body: inout ByteBuffer) {
    body.writeEvent("error") {
      AnthropicErrors.write(failure, requestID: self.requestID, to: &$0)
    }
  }

  // MARK: The message

  private static func begin(_ started: Started, _ body: inout ByteBuffer) {
    body.writeEvent("message_start") { json in
      json.member("type", "message_start")
      json.begin("message")
      json.beginObject()
      started.writeMessage(to: &json)
      json.begin("content")
      json.beginArray()
      json.endArray()
      for name in ["stop_reason", "stop_sequence"] {
        json.begin(name)
        json.literal("null")
      }
      MessageUsage(started).write(to: &json)
      json.end()
    }
  }

  private mutating func end(_ finished: Finished, _ body: inout ByteBuffer) {
    self.enter(nil, &body) { _ in }
    body.writeEvent("message_delta") { json in
      json.member("type", "message_delta")
      json.begin("delta")
      json.beginObject()
      finished.writeStop(to: &json)
      json.end()
      MessageUsage(finished.usage ?? Usage()).write(to: &json)
    }
    body.writeEvent("message_stop") { $0.member("type", "message_stop") }
  }

  // MARK: Blocks

  private mutating func write(_ delta: Delta, to body: inout ByteBuffer) {
    if !delta.reasoningText.isEmpty {
      self.enter(.thinking, &body) { json in
        json.member("type", "thinking")
        json.member("thinking", "")
        json.member("signature", "")
      }
      self.writeDelta("thinking_delta", "thinking", delta.reasoningText, &body)
    }
    if !delta.text.isEmpty {
      self.enter(.text, &body) { json in
        json.member("type", "text")
        json.member("text", "")
      }
      self.writeDelta("text_delta", "text", delta.text, &body)
    }
    for call in delta.toolCalls {
      self.enter(.call(call.index), &body) { json in
        json.member("type", "tool_use")
        json.member("id", call.id)
        json.member("name", call.name)
        json.begin("input")
        json.beginObject()
        json.end()
      }
      if !call.arguments.isEmpty {
        self.writeDelta("input_json_delta", "partial_json", call.arguments, &body)
      }
    }
  }

  /// Ends the block that has not ended, and begins another, unless it is the same.
  private mutating func enter(
    _ block: Block?,
    _ body: inout ByteBuffer,
    _ write: (inout JSONWriter) -> Void
  ) {
    guard block != self.block else { return }
    if self.block != nil {
      body.writeEvent("content_block_stop") { json in
        json.member("type", "content_block_stop")
        json.member("index", self.blocks - 1)
      }
    }
    self.block = block
    guard block != nil else { return }
    body.writeEvent("content_block_start") { json in
      json.member("type", "content_block_start")
      json.member("index", self.blocks)
      json.begin("content_block")
      json.beginObject()
      write(&json)
      json.end()
    }
    self.blocks += 1
  }

  private func writeDelta(
    _ type: String,
    _ name: String,
    _ text: String,
    _ body: inout ByteBuffer
  ) {
    body.writeEvent("content_block_delta") { json in
      json.member("type", "content_block_delta")
      json.member("index", self.blocks - 1)
      json.begin("delta")
      json.beginObject()
      json.member("type", type)
      json.member(name, text)
      json.end()
    }
  }
}
