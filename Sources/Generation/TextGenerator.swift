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

  /// Generates until the calling task is cancelled. Call it once.
  ///
  /// On cancellation all streams end with the error `unavailable`, and later requests fail with it.
  func run() async
}

extension TextGenerator {
  /// Counts the tokens of an input, as the requester `anyone`.
  public func countTokens(_ input: GenerationInput) async throws(GenerationError) -> Int {
    try await self.countTokens(input, requester: .anyone)
  }
}
