internal import HTTPTransport
internal import JSON
internal import NIOCore
internal import NIOHTTP1
internal import RPC

/// Errors as OpenAI's API writes them: `{"error": {"message", "type", "param", "code"}}`.
struct OpenAIErrors: ErrorFormat {
  func response(to failure: HTTPFailure, requestID: String) -> HTTPResponse {
    HTTPResponse(failure.status, headers: Self.headers(of: failure), body: Self.body(of: failure))
  }

  private static func headers(of failure: HTTPFailure) -> HTTPHeaders {
    var headers = failure.headers
    headers.replaceOrAdd(name: "content-type", value: "application/json")
    // OpenAI's clients repeat requests that got a status from 500 up, unless this says otherwise.
    if failure.error.code == .unimplemented {
      headers.replaceOrAdd(name: "x-should-retry", value: "false")
    }
    return headers
  }

  /// The object of an error, which is also an event of a stream.
  static func body(of failure: HTTPFailure) -> ByteBuffer {
    var body = ByteBuffer()
    body.writeStaticString(#"{"error":"#)
    Self.write(failure, to: &body)
    body.writeStaticString("}")
    return body
  }

  /// Writes what describes an error.
  static func write(_ failure: HTTPFailure, to body: inout ByteBuffer) {
    let kind = Kind(failure)
    let isUnknownModel = failure.error.reason == .modelNotFound
    body.writeStaticString(#"{"message":"#)
    body.writeJSON(failure.error.openAIMessage)
    body.writeStaticString(#","type":"#)
    body.writeJSON(kind.type)
    body.writeStaticString(#","param":"#)
    Self.write(failure.parameter ?? (isUnknownModel ? "model" : nil), to: &body)
    body.writeStaticString(#","code":"#)
    Self.write(kind.code, to: &body)
    body.writeStaticString("}")
  }

  /// Writes a text or null.
  static func write(_ text: String?, to body: inout ByteBuffer) {
    if let text { body.writeJSON(text) } else { body.writeStaticString("null") }
  }
}

extension CallError {
  /// The message, with OpenAI's words for a prompt that is too long: by them some clients tell that
  /// they have to shorten it.
  fileprivate var openAIMessage: String {
    let words = "maximum context length"
    guard self.reason == .contextLengthExceeded,
      self.message.utf8.firstRange(of: words.utf8) == nil
    else { return self.message }
    return "This model's \(words) is exceeded: \(self.message)"
  }
}

extension OpenAIErrors {
  /// OpenAI's names of an error.
  struct Kind {
    var type: String
    var code: String?

    init(_ failure: HTTPFailure) {
      switch failure.error.code {
      case .invalidArgument where failure.error.reason == .contextLengthExceeded:
        (self.type, self.code) = ("invalid_request_error", "context_length_exceeded")
      case .invalidArgument, .outOfRange:
        (self.type, self.code) = ("invalid_request_error", nil)
      case .failedPrecondition:
        (self.type, self.code) = ("invalid_request_error", "failed_precondition")
      case .unimplemented:
        (self.type, self.code) = ("invalid_request_error", "unsupported")
      case .unauthenticated:
        (self.type, self.code) = ("authentication_error", "invalid_api_key")
      case .permissionDenied:
        (self.type, self.code) = ("permission_error", nil)
      case .notFound:
        // A path that is not there is NOT_FOUND, too.
        let isUnknownModel = failure.error.reason == .modelNotFound
        (self.type, self.code) = ("not_found_error", isUnknownModel ? "model_not_found" : nil)
      case .alreadyExists, .aborted:
        (self.type, self.code) = ("conflict_error", nil)
      case .resourceExhausted where failure.status == .tooManyRequests:
        (self.type, self.code) = ("rate_limit_error", "rate_limit_exceeded")
      case .resourceExhausted:
        (self.type, self.code) = ("invalid_request_error", nil)
      case .unavailable, .deadlineExceeded, .cancelled, .internal, .unknown, .dataLoss:
        (self.type, self.code) = ("server_error", nil)
      }
    }
  }
}
