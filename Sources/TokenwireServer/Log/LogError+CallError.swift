public import RPC
public import RequestLog

extension LogError: CallErrorConvertible {
  /// The error as callers get it.
  public var callError: CallError {
    let code: CallError.Code =
      switch self.code {
      case .invalid: .invalidArgument
      case .alreadyExists: .alreadyExists
      case .overloaded, .diskFull: .resourceExhausted
      case .cancelled: .cancelled
      case .unavailable, .locked, .newerSchema: .unavailable
      }
    return CallError(code, self.message, retryAfter: self.retryAfter)
  }
}
