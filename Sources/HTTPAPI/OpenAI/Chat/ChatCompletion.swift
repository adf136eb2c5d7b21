internal import HTTPTransport
internal import NIOCore
internal import RPC
internal import TokenwireAPI

/// Answers a chat completion as a whole.
struct ChatCompletion: AnswerWriter {
  private var head = AnswerHead(object: "chat.completion", idPrefix: "chatcmpl-")
  private var counts = TokenCounts(calls: 1)
  private var choices: [Choice]

  fileprivate struct Choice {
    var text = ""
    var reasoning = ""
    var calls: [ToolCall] = []
    var logprobs: [TokenLogprobs] = []
    var finishReason: FinishReason?
  }

  private let tellsLogprobs: Bool

  init(_ request: ChatRequest) {
    self.choices = Array(repeating: Choice(), count: request.n)
    self.tellsLogprobs = request.tellsLogprobs
  }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let response = try GenerateResponse(response: message)
    self.counts.count(response, of: call)
    switch response.event {
    case .started(let started):
      self.head.begin(started)
    case .delta(let delta) where self.choices.indices.contains(Int(delta.index)):
      self.choices[Int(delta.index)].append(delta)
    case .finished(let finished) where self.choices.indices.contains(Int(finished.index)):
      self.choices[Int(finished.index)].finishReason = finished.finishReason
    default: break
    }
  }

  func finish(to body: inout ByteBuffer) throws(HTTPFailure) {
    guard self.choices.allSatisfy({ $0.finishReason != nil }) else { throw .textWithoutEnd }
    body.writeImmutableBuffer(self.head.bytes)
    body.writeJSON(elements: self.choices.enumerated()) { choice, body in
      choice.element.write(index: choice.offset, self.tellsLogprobs, to: &body)
    }
    body.writeStaticString(#"],"usage":"#)
    self.counts.write(to: &body)
    body.writeStaticString("}")
  }
}

extension HTTPFailure {
  /// A call succeeded without the end of a text, which the server always sends.
  static let textWithoutEnd = HTTPFailure(CallError(.internal, "The text has no end"))
}

extension ChatCompletion.Choice {
  fileprivate mutating func append(_ delta: Delta) {
    self.text += delta.text
    self.reasoning += delta.reasoningText
    self.logprobs += delta.logprobs
    self.calls.append(delta.toolCalls)
  }

  fileprivate func write(index: Int, _ tellsLogprobs: Bool, to body: inout ByteBuffer) {
    body.writeStaticString(#"{"index":"#)
    body.writeJSON(index)
    body.writeStaticString(#","message":{"role":"assistant","content":"#)
    if self.text.isEmpty && !self.calls.isEmpty {
      body.writeStaticString("null")
    } else {
      body.writeJSON(self.text)
    }
    body.writeStaticString(#","refusal":null"#)
    if !self.reasoning.isEmpty {
      body.writeStaticString(#","reasoning_content":"#)
      body.writeJSON(self.reasoning)
    }
    if !self.calls.isEmpty {
      body.writeStaticString(#","tool_calls":["#)
      body.writeJSON(elements: self.calls) { $0.write(to: &$1) }
      body.writeStaticString("]")
    }
    if tellsLogprobs {
      body.writeStaticString(#"},"logprobs":{"content":["#)
      body.writeJSON(elements: self.logprobs) { $0.write(to: &$1) }
      body.writeStaticString(#"],"refusal":null},"finish_reason":"#)
    } else {
      body.writeStaticString(#"},"logprobs":null,"finish_reason":"#)
    }
    body.writeFinishReason(self.finishReason)
    body.writeStaticString("}")
  }
}

extension [ToolCall] {
  /// Joins pieces of calls, which come in the order of the calls.
  mutating func append(_ pieces: [ToolCallDelta]) {
    for piece in pieces {
      if piece.index >= self.count {
        self.append(ToolCall(id: piece.id, name: piece.name, arguments: piece.arguments))
      } else {
        self[Int(piece.index)].arguments += piece.arguments
      }
    }
  }
}

extension ToolCall {
  /// Writes a whole call.
  fileprivate func write(to body: inout ByteBuffer) {
    body.writeStaticString(#"{"id":"#)
    body.writeJSON(self.id)
    body.writeStaticString(#","type":"function","function":{"name":"#)
    body.writeJSON(self.name)
    body.writeStaticString(#","arguments":"#)
    body.writeJSON(self.arguments)
    body.writeStaticString("}}")
  }
}
