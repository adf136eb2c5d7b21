internal import FrameRPC
internal import Generation
internal import TokenwireAPI

extension GenerationRequest {
  /// Checks a request of the API and completes it with the defaults of the protocol.
  ///
  /// - Parameter deadline: when the caller stops waiting.
  /// - Throws: `invalidArgument` with the field's name, its value and the allowed range; `notFound`
  ///   for a model that `generator` does not have; `unimplemented` for what this version cannot do.
  init(
    _ request: GenerateRequest,
    for generator: any TextGenerator,
    deadline: ContinuousClock.Instant?
  ) throws(CallError) {
    let model: ModelDescription
    do {
      model = try generator.model(named: request.model)
    } catch {
      throw CallError(error)
    }
    switch request.constraint {
    case nil: break
    case .jsonSchema: throw .unimplementedField("json_schema")
    case .grammar: throw .unimplementedField("grammar")
    }
    self.init(
      model: model.id,
      input: try GenerationInput(request.input),
      sampling: try Generation.SamplingOptions(request.sampling),
      maxTokens: try Self.maxTokens(request.maxTokens, contextLength: model.contextLength),
      stop: try Self.stop(request.stop),
      echo: request.echo,
      logprobs: try Self.logprobs(request.logprobs),
      deadline: deadline
    )
  }

  /// The protocol's limit for requests that give none.
  private static let defaultMaxTokens = 150
  private static let maximumStopStrings = 16
  private static let maximumLogprobs = 20

  private static func maxTokens(_ value: Int32?, contextLength: Int) throws(CallError) -> Int {
    guard let value else { return min(self.defaultMaxTokens, contextLength) }
    guard 1 ... contextLength ~= Int(value) else {
      throw .outOfRange("max_tokens", value, "from 1 to \(contextLength), the context length")
    }
    return Int(value)
  }

  private static func stop(_ strings: [String]) throws(CallError) -> [String] {
    guard strings.count <= self.maximumStopStrings else {
      throw .outOfRange("stop", "\(strings.count) strings", "at most \(self.maximumStopStrings)")
    }
    guard strings.allSatisfy({ !$0.isEmpty }) else {
      throw .outOfRange("stop", "an empty string", "text of at least one character")
    }
    return strings
  }

  private static func logprobs(_ value: Int32?) throws(CallError) -> Int? {
    guard let value else { return nil }
    guard 0 ... self.maximumLogprobs ~= Int(value) else {
      throw .outOfRange("logprobs", value, "from 0 to \(self.maximumLogprobs)")
    }
    return Int(value)
  }
}

extension Generation.SamplingOptions {
  fileprivate init(_ options: TokenwireAPI.SamplingOptions?) throws(CallError) {
    self.init()
    guard let options else { return }
    if let temperature = options.temperature {
      guard temperature >= 0 && temperature.isFinite else {
        throw .outOfRange("temperature", temperature, "0 or more")
      }
      self.temperature = temperature
    }
    if let topK = options.topK {
      guard topK >= 0 else { throw .outOfRange("top_k", topK, "0 or more") }
      self.topK = Int(topK)
    }
    if let topP = options.topP {
      guard topP > 0 && topP <= 1 else {
        throw .outOfRange("top_p", topP, "above 0 and at most 1")
      }
      self.topP = topP
    }
    if let minP = options.minP {
      guard 0 ... 1 ~= minP else { throw .outOfRange("min_p", minP, "from 0 to 1") }
      self.minP = minP
    }
    try self.setPenalties(options)
    self.seed = options.seed
  }

  private mutating func setPenalties(
    _ options: TokenwireAPI.SamplingOptions
  ) throws(CallError) {
    if let repeatPenalty = options.repeatPenalty {
      guard repeatPenalty > 0 && repeatPenalty.isFinite else {
        throw .outOfRange("repeat_penalty", repeatPenalty, "above 0")
      }
      self.repeatPenalty = repeatPenalty
    }
    if let repeatLastN = options.repeatLastN {
      guard repeatLastN >= -1 else {
        throw .outOfRange("repeat_last_n", repeatLastN, "-1 or more")
      }
      self.repeatLastN = Int(repeatLastN)
    }
    if let presencePenalty = options.presencePenalty {
      guard -2 ... 2 ~= presencePenalty else {
        throw .outOfRange("presence_penalty", presencePenalty, "from -2 to 2")
      }
      self.presencePenalty = presencePenalty
    }
    if let frequencyPenalty = options.frequencyPenalty {
      guard -2 ... 2 ~= frequencyPenalty else {
        throw .outOfRange("frequency_penalty", frequencyPenalty, "from -2 to 2")
      }
      self.frequencyPenalty = frequencyPenalty
    }
  }
}
