internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import NIOCore
internal import Protobuf
internal import RPC
internal import TokenwireAPI

/// Answers with the whole text: `{"generated_text"}`, and `user_id` for a user.
struct ArticleTextAnswer: AnswerWriter {
  let tellsUser: Bool
  private var text = ""
  private var userID = ""

  init(tellsUser: Bool) {
    self.tellsUser = tellsUser
  }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    switch try GenerateResponse(response: message).event {
    case .started(let started): self.userID = started.userID
    case .delta(let delta): self.text += delta.text
    default: break
    }
  }

  mutating func finish(to body: inout ByteBuffer) {
    body.writeImmutableBuffer(
      ByteBuffer { json in
        json.member("generated_text", self.text)
        if self.tellsUser { json.member("user_id", self.userID) }
      }
    )
  }
}

/// Answers with server-sent events: one `start`, messages with the `text` that has grown, one `end`.
struct ArticleTextStream: AnswerWriter {
  let tellsUser: Bool

  var contentType: String { ServerSentEvents.contentType }
  var keepalive: ByteBuffer? { ServerSentEvents.keepalive }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let response = try GenerateResponse(response: message)
    switch response.event {
    case .started(let started):
      body.writeEvent("start", id: response.seq) { json in
        json.member("generation_id", started.generationID)
        json.member("model", started.model)
        if self.tellsUser { json.member("user_id", started.userID) }
      }
    case .delta(let delta):
      body.writeEvent(id: response.seq) { $0.member("text", delta.text) }
    case .finished(let finished):
      body.writeEvent("end", id: response.seq) { json in
        let reason = finished.finishReason.shortName?.lowercasedASCII.text ?? "unknown"
        json.member("finish_reason", reason)
        json.member("prompt_tokens", finished.usage?.promptTokens ?? 0)
        json.member("completion_tokens", finished.usage?.completionTokens ?? 0)
      }
    default: break
    }
  }

  mutating func finish(to body: inout ByteBuffer) {}

  mutating func fail(_ failure: HTTPFailure, to body: inout ByteBuffer) {
    body.writeEvent("error") { $0.member("error", failure.error.message) }
  }
}
