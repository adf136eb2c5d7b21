package import Identifiers

/// Why a text could not be generated.
public struct GenerationError: Error, Hashable, CustomStringConvertible {
  /// What kind of failure it is.
  public enum Code: Sendable, Hashable {
    /// The request can never succeed unchanged.
    case invalidRequest
    /// The prompt is longer than the model's context.
    case contextLengthExceeded
    case modelNotFound
    /// The generator cannot do what is asked.
    case unsupported
    /// The request's deadline passed before its turn came, or would pass.
    case deadlineExceeded
    /// Too many requests are queued.
    case resourceExhausted
    /// The generator does not accept requests, or cannot start.
    case unavailable
    /// The server must be set up differently: the request is not at fault.
    case failedPrecondition
    /// A text broke off after its first token.
    case aborted
    /// The engine failed.
    case `internal`
  }

  /// What kind of failure it is.
  public var code: Code
  /// What is wrong, for the caller: the field, the limit and the value.
  public var message: String
  /// How long to wait before trying again; nil when that is unknown or does not help.
  public var retryAfter: Duration?

  /// Creates an error.
  public init(
    _ code: Code,
    _ message: String,
    retryAfter: Duration? = nil
  ) {
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
  }

  /// The error's message.
  public var description: String { self.message }

  package static let shutDown = GenerationError(.unavailable, "the generator has shut down")

  package static let expired = GenerationError(
    .deadlineExceeded,
    "The call's time was over before its turn came"
  )

  package static func unknownModel(
    _ id: Identifier,
    known: [Identifier]
  ) -> GenerationError {
    let known = known.map { "\"\($0)\"" }.joined(separator: ", ")
    return GenerationError(
      .modelNotFound,
      "model \"\(id.text.shortened)\" is not known here; known: \(known)"
    )
  }

  package static func cannotMeetDeadline(left: Duration, needed: Duration) -> GenerationError {
    let milliseconds = { (time: Duration) in Int(max(time, .zero) / .milliseconds(1)) }
    return GenerationError(
      .deadlineExceeded,
      "The call's time would be over before its first token: it has \(milliseconds(left)) ms left, but "
        + "needs about \(milliseconds(needed)) ms: give it more time, or call later"
    )
  }

  package static func queueIsFull(capacity: Int, retryAfter: Duration) -> GenerationError {
    GenerationError(
      .resourceExhausted,
      "The model is busy, and \(capacity) requests wait already: call again later",
      retryAfter: retryAfter
    )
  }

  package static let emptyPrompt = GenerationError(
    .invalidRequest,
    "Prompt is required"
  )

  package static func promptTooLong(tokens: Int, contextLength: Int) -> GenerationError {
    GenerationError(
      .contextLengthExceeded,
      "the prompt has \(tokens) tokens, but the context of the model holds \(contextLength)"
    )
  }

  package static func noRoom(promptTokens: Int, maxLength: Int) -> GenerationError {
    GenerationError(
      .invalidRequest,
      "the prompt has \(promptTokens) tokens, which leaves no room for text in max_length, "
        + "\(maxLength) tokens of both"
    )
  }

  package static func promptTooLong(moreThan tokens: Int, contextLength: Int) -> GenerationError {
    GenerationError(
      .contextLengthExceeded,
      "the prompt has more than \(tokens) tokens, but the context of the model holds "
        + "\(contextLength)"
    )
  }

  /// - Parameters:
  ///   - offset: where the stretch begins, in bytes.
  ///   - longest: the maximum length of a stretch, in bytes.
  package static func cannotBeCut(
    _ field: String,
    at offset: Int,
    longest: Int
  ) -> GenerationError {
    GenerationError(
      .invalidRequest,
      "\(field) has a stretch of more than \(longest) bytes, from byte \(offset) on, in which the "
        + "model's words have no certain end: put spaces or line ends into it"
    )
  }

  /// - Parameter field: the field with the token, such as "prompt_token_ids".
  package static func unknownToken(
    _ id: Int32,
    in field: String,
    vocabularySize: Int
  ) -> GenerationError {
    GenerationError(
      .invalidRequest,
      "\(field) has \(id), but the model's tokens are 0 to \(vocabularySize - 1)"
    )
  }
}
