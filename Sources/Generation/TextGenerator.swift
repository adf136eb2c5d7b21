/// Generates text, token by token: a language model, or a substitute for one.
///
/// Any number of callers may use a generator at once. Requests made before `run` is called wait for
/// it.
public protocol TextGenerator: Sendable {
  /// The model that it is.
  var model: ModelDescription { get }

  /// Accepts a request and returns its events as a stream.
  ///
  /// The generation ends when the stream and its iterator are dropped, or when the task that reads
  /// it is cancelled.
  ///
  /// - Throws: when the prompt is empty or does not fit in the model's context, or the generator has
  ///   shut down.
  func generate(_ request: GenerationRequest) async throws(GenerationError) -> GenerationEvents

  /// Counts the tokens of an input as `generate` would.
  ///
  /// - Parameter requester: who the count is for.
  /// - Throws: `unsupported` when the generator cannot count tokens.
  func countTokens(
    _ input: GenerationInput,
    requester: Requester
  ) async throws(GenerationError) -> Int

  /// The tokens of an input as `generate` would read it.
  ///
  /// - Parameter requester: who they are for.
  /// - Throws: `unsupported` when the generator does not know its tokens.
  func tokens(
    of input: GenerationInput,
    requester: Requester
  ) async throws(GenerationError) -> [Int32]

  /// The text of tokens, with control tokens as text. Bytes that are not UTF-8 become U+FFFD.
  ///
  /// - Parameter requester: who it is for.
  /// - Throws: `invalidRequest` when the model does not have a token; `unsupported` when the generator
  ///   does not know its tokens.
  func text(
    of tokens: [Int32],
    requester: Requester
  ) async throws(GenerationError) -> String

  /// Returns when no text is generated that others than its readers know of.
  func waitUntilUnused() async

  /// Generates until the calling task is cancelled. Call it once.
  ///
  /// On cancellation all streams end with the error `unavailable`, and later requests fail with it.
  func run() async
}

/// A generator that does not know its tokens, and whose texts its readers alone know.
extension TextGenerator {
  /// Returns at once.
  public func waitUntilUnused() async {}

  /// Throws `unsupported`.
  public func tokens(
    of input: GenerationInput,
    requester: Requester
  ) async throws(GenerationError) -> [Int32] {
    throw .tokensAreUnknown
  }

  /// Throws `unsupported`.
  public func text(
    of tokens: [Int32],
    requester: Requester
  ) async throws(GenerationError) -> String {
    throw .tokensAreUnknown
  }
}

extension GenerationError {
  fileprivate static let tokensAreUnknown = GenerationError(
    .unsupported,
    "This model's tokens are not known here: it has no vocabulary"
  )
}

extension TextGenerator {
  /// Counts the tokens of an input, as the requester `anyone`.
  public func countTokens(_ input: GenerationInput) async throws(GenerationError) -> Int {
    try await self.countTokens(input, requester: .anyone)
  }
}
