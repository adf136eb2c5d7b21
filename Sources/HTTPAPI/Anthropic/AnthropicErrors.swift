internal import HTTPTransport
internal import JSON
internal import NIOHTTP1
internal import RPC

/// Errors of Anthropic's API (https://platform.claude.com/docs/en/api/errors).
///
/// UNAVAILABLE is Anthropic's 529, `overloaded_error`: its clients call again later, as they should.
struct AnthropicErrors: ErrorFormat {
  private static let overloaded = HTTPResponseStatus.custom(code: 529, reasonPhrase: "Overloaded")

  func response(to failure: HTTPFailure, requestID: String) -> HTTPResponse {
    let status = failure.status == .serviceUnavailable ? Self.overloaded : failure.status
    var response = HTTPResponse(status) {
      Self.write(failure, requestID: requestID, to: &$0)
    }
    // Where Anthropic's clients look for it.
    response.headers.add(name: "request-id", value: requestID)
    response.headers.add(contentsOf: failure.headers)
    return response
  }

  /// Writes the members of an error, also of one that ends a stream.
  static func write(_ failure: HTTPFailure, requestID: String, to json: inout JSONWriter) {
    json.member("type", "error")
    json.begin("error")
    json.beginObject()
    json.member("type", Self.type(of: failure))
    let isTooLong = failure.error.reason == .contextLengthExceeded
    json.member("message", (isTooLong ? "prompt is too long: " : "") + failure.error.message)
    json.end()
    json.member("request_id", requestID)
  }

  private static func type(of failure: HTTPFailure) -> String {
    switch failure.status.code {
    case 401: "authentication_error"
    case 403: "permission_error"
    case 404: "not_found_error"
    case 413: "request_too_large"
    case 429: "rate_limit_error"
    case 400 ..< 500: "invalid_request_error"
    case 503: "overloaded_error"
    case 504: "timeout_error"
    default: "api_error"
    }
  }
}
