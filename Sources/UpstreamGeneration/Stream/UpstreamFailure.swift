internal import Generation
internal import Identifiers

/// Why an attempt to have a text generated elsewhere has failed.
struct UpstreamFailure: Error, Hashable {
  /// The error for the caller when there is no other attempt.
  var error: GenerationError
  /// Whether another server may succeed with the same request.
  var mayTryAnother: Bool
  /// Whether the server is at fault, not the request.
  var isServersFault: Bool
  /// That of the server's answer, if it is the reason.
  var status: Int?
  /// What the operator may know besides; empty for nothing.
  @Bytewise var detail: String = ""
}

extension UpstreamFailure {
  /// The server cannot be reached, or has not answered.
  ///
  /// - Parameter reason: what happened, such as "the connection was refused".
  static func unreachable(_ reason: String) -> UpstreamFailure {
    UpstreamFailure(
      error: GenerationError(
        .unavailable,
        "The model's server does not answer: \(reason); call again later",
        retryAfter: .seconds(1)
      ),
      mayTryAnother: true,
      isServersFault: true
    )
  }

  /// What the server has sent is no answer of a model.
  static func malformed(_ reason: String) -> UpstreamFailure {
    UpstreamFailure(
      error: GenerationError(.unavailable, "The model's server gave an answer that \(reason)"),
      mayTryAnother: true,
      isServersFault: true
    )
  }

  /// What the server tells of tokens is none of it. It may write texts all the same.
  static func malformedTokens(_ reason: String) -> UpstreamFailure {
    var failure = UpstreamFailure.malformed(reason)
    failure.isServersFault = false
    return failure
  }

  static func tooLarge(_ what: String, _ limit: Int) -> UpstreamFailure {
    .malformed("has \(what) of more than \(limit) bytes")
  }

  /// The answer has ended without saying so.
  static let cutOff = UpstreamFailure.malformed("ended before the text did")

  /// The calling task was cancelled.
  static let cancelled = UpstreamFailure(
    error: .shutDown,
    mayTryAnother: false,
    isServersFault: false
  )

  /// The same failure after the first token, when nothing can be tried again.
  var afterFirstToken: UpstreamFailure {
    if self == .cancelled { return self }
    return UpstreamFailure(
      error: GenerationError(.aborted, "The text breaks off here: \(self.error.message)"),
      mayTryAnother: false,
      isServersFault: self.isServersFault,
      detail: self.detail
    )
  }
}
