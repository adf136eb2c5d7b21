public import Generation
public import RPC

extension GenerationError: CallErrorConvertible {
  /// The error as callers get it.
  public var callError: CallError {
    let code: CallError.Code =
      switch self.code {
      case .invalidRequest: .invalidArgument
      case .modelNotFound: .notFound
      case .unsupported: .unimplemented
      case .deadlineExceeded: .deadlineExceeded
      case .resourceExhausted: .resourceExhausted
      case .unavailable: .unavailable
      case .failedPrecondition: .failedPrecondition
      case .aborted: .aborted
      case .internal: .internal
      }
    return CallError(code, self.message, retryAfter: self.retryAfter)
  }
}
