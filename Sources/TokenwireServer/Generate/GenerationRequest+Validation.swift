internal import Generation
internal import Identifiers
internal import RPC
internal import TokenwireAPI

extension GenerationRequest {
  /// Validates a request of the API and fills in the protocol's defaults.
  ///
  /// - Parameters:
  ///   - deadline: when the caller stops waiting.
  ///   - requester: who the call is for.
  /// - Throws: `invalidArgument` with the field's name, its value and the allowed range.
  init(
    _ request: GenerateRequest,
    for generator: any TextGenerator,
    deadline: ContinuousClock.Instant?,
    requester: Requester
  ) throws(CallError) {
    guard request.idempotencyKey.isEmpty else {
      throw CallError(
        .unimplemented,
        "idempotency_key is not implemented for texts: send the request without it"
      )
    }
    let contextLength = generator.model.contextLength
    let maxLength = try Self.maxLength(request.maxLength)
    let maxTokens = try Self.maxTokens(
      request.maxTokens,
      default: maxLength ?? Self.defaultMaxTokens,
      contextLength: contextLength
    )
    self.init(
      input: try GenerationInput(request.input),
      sampling: try Generation.SamplingOptions(request.sampling, maxTokens: maxTokens),
      maxTokens: maxTokens,
      // More than a context has: how callers ask for it all.
      fillsContext: request.maxTokens == nil && request.maxLength == .max,
      maxLength: maxLength,
      stop: try Self.stop(request.stop),
      echo: request.echo,
      logprobs: try Self.logprobs(request.logprobs, "logprobs"),
      constraint: request.constraint.map { Constraint($0) },
      deadline: deadline,
      requester: requester,
      n: try Self.n(request.n),
      deterministic: request.deterministic,
      promptLogprobs: try Self.logprobs(request.promptLogprobs, "prompt_logprobs"),
      reportsProgress: request.reportProgress,
      sessionID: try Self.sessionID(request.sessionID)
    )
  }

  /// The protocol's default of `max_tokens`.
  private static let defaultMaxTokens = 150
  private static let maximumStopStrings = 16
  /// Limited because each text holds back what may be the beginning of a stop string.
  private static let longestStopString = 4096
  private static let maximumLogprobs = 20
  private static let maximumTexts = 16
  private static let longestSessionID = 128

  private static func maxTokens(
    _ value: Int32?,
    default standard: Int,
    contextLength: Int
  ) throws(CallError) -> Int {
    guard let value else { return min(standard, contextLength) }
    guard 0 ... contextLength ~= Int(value) else {
      throw .outOfRange("max_tokens", value, "from 0 to \(contextLength), the context length")
    }
    return Int(value)
  }

  private static func maxLength(_ value: Int32?) throws(CallError) -> Int? {
    guard let value else { return nil }
    guard value >= 1 else { throw .outOfRange("max_length", value, "1 or more") }
    return Int(value)
  }

  private static func stop(_ strings: [String]) throws(CallError) -> [String] {
    guard strings.count <= self.maximumStopStrings else {
      throw .outOfRange("stop", "\(strings.count) strings", "at most \(self.maximumStopStrings)")
    }
    guard strings.allSatisfy({ !$0.isEmpty }) else {
      throw .outOfRange("stop", "an empty string", "text of at least one character")
    }
    if let long = strings.first(where: { $0.utf8.count > self.longestStopString }) {
      throw .outOfRange(
        "stop",
        "a string of \(long.utf8.count) bytes",
        "of at most \(self.longestStopString) bytes each"
      )
    }
    return strings
  }

  private static func n(_ value: Int32?) throws(CallError) -> Int {
    guard let value else { return 1 }
    guard 1 ... self.maximumTexts ~= Int(value) else {
      throw .outOfRange("n", value, "from 1 to \(self.maximumTexts)")
    }
    return Int(value)
  }

  private static func sessionID(_ id: String) throws(CallError) -> Identifier {
    guard id.utf8.count <= self.longestSessionID else {
      throw .outOfRange(
        "session_id",
        "\(id.utf8.count) bytes",
        "at most \(self.longestSessionID) bytes"
      )
    }
    return Identifier(id)
  }

  private static func logprobs(_ value: Int32?, _ field: String) throws(CallError) -> Int? {
    guard let value else { return nil }
    guard 0 ... self.maximumLogprobs ~= Int(value) else {
      throw .outOfRange(field, value, "from 0 to \(self.maximumLogprobs)")
    }
    return Int(value)
  }
}

extension Constraint {
  fileprivate init(_ constraint: GenerateRequest.Constraint) {
    self =
      switch constraint {
      case .jsonSchema(let schema): .jsonSchema(schema)
      case .grammar(let grammar): .grammar(grammar)
      }
  }
}
