internal import HTTPTransport
internal import JSON
internal import NIOCore
internal import NIOHTTP1
internal import RPC

/// Errors as Connect's protocol has them (https://connectrpc.com/docs/protocol#error-end-stream).
struct CodeErrors: ErrorFormat {
  func response(to failure: HTTPFailure, requestID: String) -> HTTPResponse {
    var response = HTTPResponse(failure.status) { failure.writeCode(to: &$0) }
    response.headers.add(contentsOf: failure.headers)
    return response
  }
}

extension HTTPFailure {
  /// Writes the members of the error: `code` and `message`, and `details` if it has a reason or tells when
  /// to try again.
  func writeCode(to json: inout JSONWriter) {
    json.member("code", self.error.code.connectName)
    json.member("message", self.error.message)
    let details = StatusMessage(self.error).details
    if details.isEmpty { return }
    json.begin("details")
    json.beginArray()
    for detail in details {
      json.beginElement()
      json.beginObject()
      json.member("type", detail.typeUrl.split(separator: "/").last.map(String.init) ?? "")
      json.member("value", detail.value.unpaddedBase64)
      json.end()
    }
    json.endArray()
  }
}

extension ByteBuffer {
  fileprivate var unpaddedBase64: String {
    var text: [UInt8] = []
    Base64.encode(Array(self.readableBytesView).span, to: &text)
    return String(decoding: text.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
  }
}

extension CallError.Code {
  /// The name in Connect's protocol.
  fileprivate var connectName: String {
    switch self {
    case .cancelled: "canceled"
    case .unknown: "unknown"
    case .invalidArgument: "invalid_argument"
    case .deadlineExceeded: "deadline_exceeded"
    case .notFound: "not_found"
    case .alreadyExists: "already_exists"
    case .permissionDenied: "permission_denied"
    case .resourceExhausted: "resource_exhausted"
    case .failedPrecondition: "failed_precondition"
    case .aborted: "aborted"
    case .outOfRange: "out_of_range"
    case .unimplemented: "unimplemented"
    case .internal: "internal"
    case .unavailable: "unavailable"
    case .dataLoss: "data_loss"
    case .unauthenticated: "unauthenticated"
    }
  }
}
