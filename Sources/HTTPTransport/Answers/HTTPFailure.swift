package import NIOHTTP1
package import RPC

/// Why a request gets no answer: the error of a call, or what is wrong with the request itself.
package struct HTTPFailure: Error, Sendable {
  /// The status, which a format of errors may replace.
  package var status: HTTPResponseStatus
  /// What was wrong and what to do.
  package var error: CallError
  /// The member of the request's JSON that is wrong, such as "messages[0].role"; nil for others.
  package var parameter: String?
  /// Header fields of the response, such as `Allow`.
  package var headers: HTTPHeaders

  /// Creates the failure of a call, with the status of its code.
  package init(_ error: CallError, parameter: String? = nil) {
    self.status = HTTPResponseStatus(error.code)
    self.error = error
    self.parameter = parameter
    self.headers = [:]
    if let wait = error.retryAfter {
      // Whole seconds (RFC 9110 section 10.2.3), and not too early.
      self.headers.add(name: "retry-after", value: "\(max(1, wait.components.seconds + 1))")
    } else if error.code == .resourceExhausted {
      self.headers.add(name: "retry-after", value: "1")
    }
  }

  /// Creates the failure of a request that is refused before a call is made.
  package init(_ status: HTTPResponseStatus, _ message: String, headers: HTTPHeaders = [:]) {
    self.status = status
    self.error = CallError(CallError.Code(status), message)
    self.parameter = nil
    self.headers = headers
  }

  /// Creates the failure of a request whose content is wrong.
  ///
  /// - Parameter parameter: the member that is wrong; nil for the content as a whole.
  package static func invalid(_ message: String, parameter: String? = nil) -> HTTPFailure {
    HTTPFailure(CallError(.invalidArgument, message), parameter: parameter)
  }
}

extension HTTPResponseStatus {
  /// The status of an error, as in Google's and Connect's mappings
  /// (https://connectrpc.com/docs/protocol#error-codes).
  package init(_ code: CallError.Code) {
    self =
      switch code {
      case .invalidArgument, .failedPrecondition, .outOfRange: .badRequest
      case .unauthenticated: .unauthorized
      case .permissionDenied: .forbidden
      case .notFound: .notFound
      case .alreadyExists, .aborted: .conflict
      case .resourceExhausted: .tooManyRequests
      case .cancelled: .custom(code: 499, reasonPhrase: "Client Closed Request")
      case .unknown, .internal, .dataLoss: .internalServerError
      case .unimplemented: .notImplemented
      case .unavailable: .serviceUnavailable
      case .deadlineExceeded: .gatewayTimeout
      }
  }
}

extension CallError.Code {
  /// The code of a request that is refused with a status.
  fileprivate init(_ status: HTTPResponseStatus) {
    switch status.code {
    case 401: self = .unauthenticated
    case 403: self = .permissionDenied
    case 404: self = .notFound
    case 405, 501: self = .unimplemented
    case 408: self = .deadlineExceeded
    case 413, 429, 431: self = .resourceExhausted
    case 503: self = .unavailable
    case 500...: self = .internal
    default: self = .invalidArgument
    }
  }
}

/// How the errors of some routes are written.
package protocol ErrorFormat: Sendable {
  /// The response to a request that failed.
  ///
  /// - Parameter requestID: the request's name in the server's log.
  func response(to failure: HTTPFailure, requestID: String) -> HTTPResponse
}
