internal import Constraints
public import Generation
public import Logging

/// Generates text with a language model in a GGUF file, by libllama.
///
/// Several texts are decoded in one batch, on one thread that does nothing else.
public final class LlamaGenerator: TextGenerator {
  public let models: [ModelDescription]

  private let model: LlamaModel
  private let engine: LlamaEngine
  private let queue: RequestQueue
  private let contextLength: Int

  /// How many events wait for a reader before its text is parked.
  private static let bufferCapacity = 64

  /// Loads the model, which takes from a moment to minutes.
  ///
  /// - Throws: `unavailable` when the file is not a model that libllama can load, or memory is short.
  public init(_ configuration: LlamaConfiguration, logger: Logger) throws(GenerationError) {
    LlamaLog.redirect(to: logger)
    try configuration.checkModelFile()
    let model = try LlamaModel(
      path: configuration.modelPath,
      gpuLayers: configuration.gpuLayers
    )
    guard configuration.contextLength <= model.trainedContextLength else {
      throw GenerationError(
        .unavailable,
        "The context length is \(configuration.contextLength), but the model was trained for "
          + "\(model.trainedContextLength) tokens at most: lower --context"
      )
    }
    let memory = MemoryPlan(
      parallel: configuration.parallel,
      contextLength: configuration.contextLength,
      bytesPerToken: model.bytesPerToken,
      prefixCache: configuration.prefixSharing == .off ? 0 : configuration.prefixCacheSize,
      available: AvailableMemory.bytes
    )
    try memory.check()
    logger.info("Memory for texts: \(memory.description)")
    self.model = model
    self.queue = RequestQueue(capacity: configuration.maxQueue)
    self.contextLength = configuration.contextLength
    self.engine = try LlamaEngine(model, configuration, queue: self.queue, logger: logger)
    self.models = [
      model.description(id: configuration.modelID, contextLength: configuration.contextLength)
    ]
  }

  public func generate(
    _ request: GenerationRequest
  ) async throws(GenerationError) -> GenerationEvents {
    _ = try self.model(named: request.model)
    try self.check(request.sampling.logitBias.keys.sorted(), in: "logit_bias")
    let arrival = ContinuousClock.now
    let (text, tokens) = try await Self.onPool { () throws(GenerationError) in
      try self.tokenize(request.input)
    }
    let constraint = try await Self.onPool { () throws(GenerationError) in
      try request.constraint.map { constraint throws(GenerationError) in
        try ConstraintGrammar(constraint, for: self.model)
      }
    }
    guard tokens.count <= self.contextLength else {
      throw .promptTooLong(tokens: tokens.count, contextLength: self.contextLength)
    }
    let buffer = EventBuffer(capacity: Self.bufferCapacity) { [queue] in queue.wakeEngine() }
    let events = buffer.events()
    let first = LlamaRequest(
      request: request,
      prompt: tokens,
      constraint: constraint,
      promptText: text,
      seed: request.sampling.seed ?? .random(in: .min ... .max),
      buffer: buffer,
      arrival: arrival,
      unfinished: UnfinishedTexts(request.n)
    )
    try self.queue.append(
      (0 ..< request.n).map { index in
        var text = first
        text.index = index
        text.seed &+= UInt32(truncatingIfNeeded: index)
        return text
      }
    )
    return events
  }

  public func countTokens(
    _ input: GenerationInput,
    model: String
  ) async throws(GenerationError) -> Int {
    _ = try self.model(named: model)
    return try await Self.onPool { () throws(GenerationError) in try self.tokenize(input) }.tokens
      .count
  }

  public func run() async {
    await self.engine.run()
  }

  /// Works on a thread of the global pool: with megabytes it takes long, and the caller's thread has
  /// others to serve.
  private static func onPool<Result: Sendable>(
    _ work: @Sendable () throws(GenerationError) -> Result
  ) async throws(GenerationError) -> Result {
    let result = await withTaskExecutorPreference(globalConcurrentExecutor) {
      Swift.Result { () throws(GenerationError) in try work() }
    }
    return try result.get()
  }

  private func tokenize(
    _ input: GenerationInput
  ) throws(GenerationError) -> (text: String, tokens: [Int32]) {
    var (text, tokens): (String, [Int32])
    switch input {
    case .prompt(let prompt):
      text = prompt
      tokens = prompt.isEmpty ? [] : self.model.tokens(of: prompt, parseSpecial: false)
    case .messages(let messages):
      text = try self.model.format(messages)
      tokens = self.model.tokens(of: text, parseSpecial: true)
    case .tokens(let given):
      try self.check(given, in: "prompt_token_ids")
      text = String(decoding: given.flatMap { self.model.bytes(of: $0) }, as: UTF8.self)
      tokens = given
    }
    guard !tokens.isEmpty else { throw .emptyPrompt }
    return (text, tokens)
  }
  /// - Throws: when the model does not have all of the tokens.
  private func check(_ tokens: [Int32], in field: String) throws(GenerationError) {
    let size = self.model.vocabularySize
    if let unknown = tokens.first(where: { !(0 ..< size ~= Int($0)) }) {
      throw .unknownToken(unknown, in: field, vocabularySize: size)
    }
  }
}
