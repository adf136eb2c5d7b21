internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import NIOCore
internal import RPC
internal import TokenwireAPI

/// `POST /log-request`.
enum ArticleLog {
  static let form = ObjectForm<LogRequestRequest>([
    Self.text("prompt", "What the text started from.") { $0.prompt = $1 },
    Self.text("response", "The text.") { $0.response = $1 },
    Self.text("model", "The model that wrote it.") { $0.model = $1 },
    Self.text("generation_id", "The text's `generation_id`.") { $0.generationID = $1 },
    Self.text("session_id", "The conversation that it belongs to.") { $0.sessionID = $1 },
    Self.text("idempotency_key", "The same key is stored once.") { $0.idempotencyKey = $1 },
    Field("metadata", .map(.string), "Texts by name.") { request, place throws(HTTPFailure) in
      for (name, place) in try place.members() { request.metadata[name] = try place.string() }
    },
  ])

  /// - Throws: for what is no entry.
  static func entry(in request: HTTPRequest) throws(HTTPFailure) -> LogRequestRequest {
    var entry = LogRequestRequest()
    guard request.body.readableBytes > 0 else { return entry }
    try Self.form.read(Place(request.body), into: &entry)
    return entry
  }

  private static func text(
    _ name: Identifier,
    _ summary: String,
    set: @escaping @Sendable (inout LogRequestRequest, String) -> Void
  ) -> Field<LogRequestRequest> {
    Field(name, .string, summary) { request, place throws(HTTPFailure) in
      set(&request, try place.string())
    }
  }
}

/// Answers that an entry is on disk, and which it is.
struct ArticleLogAnswer: AnswerWriter {
  private var response = LogRequestResponse()

  var endsWithClient: Bool { false }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    self.response = try LogRequestResponse(response: message)
  }

  mutating func finish(to body: inout ByteBuffer) {
    body.writeImmutableBuffer(
      ByteBuffer { json in
        json.member("message", self.response.message)
        json.member("id", self.response.id)
        let time = Timestamp(microseconds: self.response.timestampUnixMicros)
        json.member("timestamp", time.text)
      }
    )
  }
}
