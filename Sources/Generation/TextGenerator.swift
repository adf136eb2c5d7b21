public import Identifiers

/// Generates text, token by token: a language model, or a substitute for one.
///
/// Any number of callers may use a generator at once. Requests made before `run` is called wait for
/// it.
public protocol TextGenerator: Sendable {
  /// The models that requests may name; the first is used when a request names none.
  var models: [ModelDescription] { get }

  /// Accepts a request and returns its events as a stream.
  ///
  /// The generation ends when the stream and its iterator are dropped, or when the task that reads
  /// it is cancelled.
  ///
  /// - Throws: when the model is unknown, the prompt is empty or does not fit in the model's
  ///   context, or the generator has shut down.
  func generate(_ request: GenerationRequest) async throws(GenerationError) -> GenerationEvents

  /// Counts the tokens of an input as `generate` would.
  ///
  /// - Parameters:
  ///   - model: the identifier of a model; empty means the default model.
  ///   - requester: who the count is for.
  func countTokens(
    _ input: GenerationInput,
    model: Identifier,
    requester: Requester
  ) async throws(GenerationError) -> Int

  /// Generates until the calling task is cancelled. Call it once.
  ///
  /// On cancellation all streams end with the error `unavailable`, and later requests fail with it.
  func run() async
}

extension TextGenerator {
  /// Counts the tokens of an input, as the requester `anyone`.
  ///
  /// - Parameter model: the identifier of a model; empty means the default model.
  public func countTokens(
    _ input: GenerationInput,
    model: Identifier
  ) async throws(GenerationError) -> Int {
    try await self.countTokens(input, model: model, requester: .anyone)
  }

  /// Finds the model that a request names.
  ///
  /// - Parameter identifier: empty means the default model.
  public func model(named identifier: Identifier) throws(GenerationError) -> ModelDescription {
    if identifier.isEmpty, let first = self.models.first { return first }
    if let model = self.models.first(where: { $0.id == identifier }) { return model }
    throw .unknownModel(identifier, known: self.models.map(\.id))
  }
}
