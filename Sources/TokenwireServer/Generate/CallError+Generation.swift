internal import Generation
internal import RPC

extension CallError {
  /// What a generator's error is for the caller.
  init(_ error: GenerationError) {
    let code: Code =
      switch error.code {
      case .invalidRequest: .invalidArgument
      case .modelNotFound: .notFound
      case .deadlineExceeded: .deadlineExceeded
      case .resourceExhausted: .resourceExhausted
      case .unavailable: .unavailable
      case .internal: .internal
      }
    self.init(code, error.message, retryAfter: error.retryAfter)
  }

  static let promptIsRequired = CallError(.invalidArgument, "Prompt is required")

  static func outOfRange(_ field: String, _ value: some Any, _ range: String) -> CallError {
    CallError(.invalidArgument, "\(field) is \(value), but must be \(range)")
  }
}
