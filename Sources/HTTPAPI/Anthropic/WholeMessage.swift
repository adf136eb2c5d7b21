internal import HTTPTransport
internal import JSON
internal import NIOCore
internal import RPC
internal import TokenwireAPI

/// Answers with a whole message.
///
/// A call that the text's end has cut off is left out: its input is not an object, and nobody should
/// run it.
struct WholeMessage: AnswerWriter {
  private var started = Started()
  private var thinking = ""
  private var text = ""
  private var calls: [ToolCall] = []
  private var finished = Finished()

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    switch try GenerateResponse(response: message).event {
    case .started(let started): self.started = started
    case .delta(let delta):
      self.thinking += delta.reasoningText
      self.text += delta.text
      for piece in delta.toolCalls { self.add(piece) }
    case .finished(let finished): self.finished = finished
    default: break
    }
  }

  private mutating func add(_ piece: ToolCallDelta) {
    while self.calls.count <= Int(piece.index) { self.calls.append(ToolCall()) }
    let index = Int(piece.index)
    if !piece.id.isEmpty { self.calls[index].id = piece.id }
    if !piece.name.isEmpty { self.calls[index].name = piece.name }
    self.calls[index].arguments += piece.arguments
  }

  mutating func finish(to body: inout ByteBuffer) {
    body.writeImmutableBuffer(
      ByteBuffer { json in
        self.started.writeMessage(to: &json)
        json.begin("content")
        self.writeContent(to: &json)
        self.finished.writeStop(to: &json)
        let usage = self.finished.usage.map { MessageUsage($0) }
        (usage ?? MessageUsage(self.started)).write(to: &json)
      }
    )
  }

  private func writeContent(to json: inout JSONWriter) {
    json.beginArray()
    if !self.thinking.isEmpty {
      json.element { json in
        json.member("type", "thinking")
        json.member("thinking", self.thinking)
        json.member("signature", "")
      }
    }
    if !self.text.isEmpty {
      json.element { json in
        json.member("type", "text")
        json.member("text", self.text)
      }
    }
    for call in self.calls {
      guard let input = call.input else { continue }
      json.element { json in
        json.member("type", "tool_use")
        json.member("id", call.id)
        json.member("name", call.name)
        json.begin("input")
        json.value(input)
      }
    }
    json.endArray()
  }
}

extension Started {
  /// Writes what a message begins with.
  func writeMessage(to json: inout JSONWriter) {
    json.member("id", "msg_\(self.generationID)")
    json.member("type", "message")
    json.member("role", "assistant")
    json.member("model", self.model)
  }
}

extension ToolCall {
  private static let limits = JSONLimits(depth: 128, members: 10_000)

  /// The arguments; nil when they are not a JSON object.
  fileprivate var input: JSONValue? {
    let value = try? JSONValue(bytes: Array(self.arguments.utf8), limits: Self.limits)
    guard case .object = value else { return nil }
    return value
  }
}

extension JSONWriter {
  /// Writes an element that is an object.
  fileprivate mutating func element(_ writeMembers: (inout JSONWriter) -> Void) {
    self.beginElement()
    self.beginObject()
    writeMembers(&self)
    self.end()
  }
}
