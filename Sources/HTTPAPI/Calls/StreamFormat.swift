internal import HTTPTransport
internal import JSON
internal import NIOCore

/// How JSON values are streamed, where the client chooses by `Accept`.
enum StreamFormat: Sendable {
  /// Server-sent events.
  case events
  /// One in each line (https://github.com/ndjson/ndjson-spec).
  case lines

  static let linesContentType = "application/x-ndjson"
  /// The media types, for descriptions.
  static let mediaTypes = [ServerSentEvents.mediaType, Self.linesContentType]

  /// The format that a client asks for; nil when it asks for none of the two.
  init?(_ request: HTTPRequest) {
    if request.accepts(ServerSentEvents.mediaType) {
      self = .events
    } else if request.accepts(Self.linesContentType) {
      self = .lines
    } else {
      return nil
    }
  }

  var contentType: String {
    switch self {
    case .events: ServerSentEvents.contentType
    case .lines: Self.linesContentType
    }
  }

  /// Lines have no comments.
  var keepalive: ByteBuffer? {
    switch self {
    case .events: ServerSentEvents.keepalive
    case .lines: nil
    }
  }

  /// Appends a value.
  ///
  /// - Parameter json: has no line end.
  func write(_ json: String, seq: UInt64?, to body: inout ByteBuffer) {
    switch self {
    case .events: body.writeEvent(id: seq, data: json.utf8)
    case .lines:
      body.writeString(json)
      body.writeInteger(UInt8(ascii: "\n"))
    }
  }

  /// Appends the error that ends the stream.
  func write(_ failure: HTTPFailure, to body: inout ByteBuffer) {
    switch self {
    case .events: body.writeEvent("error") { failure.writeCode(to: &$0) }
    case .lines:
      body.writeImmutableBuffer(
        ByteBuffer { json in
          json.begin("error")
          json.beginObject()
          failure.writeCode(to: &json)
          json.end()
        }
      )
      body.writeInteger(UInt8(ascii: "\n"))
    }
  }
}
