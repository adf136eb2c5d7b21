internal import HTTPTransport
internal import JSON
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
  /// Writes the members of the error: `code` and `message`.
  func writeCode(to json: inout JSONWriter) {
    json.member("code", self.error.code.connectName)
    json.member("message", self.error.message)
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
