public import Generation
public import RPC

extension GenerationError: CallErrorConvertible {
  /// The error as callers get it.
  public var callError: CallError {
    let code: CallError.Code =
      switch self.code {
      case .invalidRequest, .contextLengthExceeded: .invalidArgument
      case .modelNotFound: .notFound
      case .unsupported: .unimplemented
      case .deadlineExceeded: .deadlineExceeded
      case .resourceExhausted: .resourceExhausted
      case .unavailable: .unavailable
      case .failedPrecondition: .failedPrecondition
      case .aborted: .aborted
      case .internal: .internal
      }
    let reason: CallError.Reason? =
      switch self.code {
      case .contextLengthExceeded: .contextLengthExceeded
      case .modelNotFound: .modelNotFound
      default: nil
      }
    return CallError(code, self.message, reason: reason, retryAfter: self.retryAfter)
  }
}
