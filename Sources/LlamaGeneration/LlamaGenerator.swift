internal import Constraints
public import Generation
public import Logging

/// Generates text with a language model in a GGUF file, using libllama.
///
/// Several generations are decoded in one batch, on a thread of their own. Tokenizing and compiling
/// constraints run on other threads, where requesters take turns.
public final class LlamaGenerator: TextGenerator {
  /// The model that was loaded.
  public let model: ModelDescription

  private let languageModel: LlamaModel
  let engine: LlamaEngine
  let queue: RequestQueue
  private let contextLength: Int
  private let tokenizer: Tokenizer
  private let textQueue: WorkQueue
  private let chatQueue: WorkQueue
  private let constraints: ConstraintCache
  private let constraintQueue: WorkQueue
  private let chat: ChatFormatter

  /// How many events may wait for a reader before its generation leaves its slot.
  private static let bufferCapacity = 64
  /// The tokens whose text is made before other requesters have their turn.
  private static let tokensInSlice = 4096

  /// Loads the model, which can take minutes.
  ///
  /// - Throws: when the file is not a model that libllama can load, or memory is short.
  public convenience init(
    _ configuration: LlamaConfiguration,
    logger: Logger
  ) throws(LlamaLoadError) {
    try self.init(configuration, usingDraftModel: .whereItPays, logger: logger)
  }

  init(
    _ configuration: LlamaConfiguration,
    usingDraftModel use: Drafting.Use,
    logger: Logger
  ) throws(LlamaLoadError) {
    LlamaLog.redirect(to: logger)
    try configuration.checkModelFile()
    let model = try LlamaModel(
      path: configuration.modelPath,
      gpuLayers: configuration.gpuLayers
    )
    guard configuration.contextLength <= model.trainedContextLength else {
      throw LlamaLoadError(
        "The context length is \(configuration.contextLength), but the model was trained for "
          + "\(model.trainedContextLength) tokens at most",
        .lower([.contextLength])
      )
    }
    let draftModel = try LlamaModel(draftModelOf: configuration, for: model)
    let memory = MemoryPlan(
      parallel: configuration.parallel,
      contextLength: configuration.contextLength,
      bytesPerToken: model.bytesPerToken,
      prefixCache: configuration.prefixSharing == .off ? 0 : configuration.prefixCacheSize,
      draftKVCache: draftModel.map {
        configuration.parallel * DraftModel.contextLength(of: $0, configuration) * $0.bytesPerToken
      } ?? 0,
      available: AvailableMemory.bytes
    )
    try memory.check()
    logger.info("Memory for texts: \(memory.description)")
    self.languageModel = model
    self.queue = RequestQueue(capacity: configuration.maxQueue)
    self.contextLength = configuration.contextLength
    self.engine = try LlamaEngine(
      model,
      configuration,
      draftModel: draftModel,
      use,
      queue: self.queue,
      logger: logger
    )
    self.tokenizer = Tokenizer(model)
    self.textQueue = .started(name: "tokenwire-text", hurries: true)
    // A conversation is rendered, and a constraint compiled, in one slice, which should not delay
    // tokenizing.
    self.chatQueue = .started(name: "tokenwire-chat", hurries: true)
    self.constraintQueue = .started(name: "tokenwire-rules", hurries: false)
    self.constraints = ConstraintCache(model, compilingOn: self.constraintQueue)
    self.chat = try ChatFormatter(model, source: configuration.chatTemplate, logger: logger)
    self.model = model.description(
      id: configuration.modelID,
      contextLength: configuration.contextLength,
      chatTemplate: self.chat.description
    )
  }

  /// Generates text.
  public func generate(
    _ request: GenerationRequest
  ) async throws(GenerationError) -> GenerationEvents {
    try self.check(request.sampling.logitBias.keys.sorted(), in: "logit_bias")
    let arrival = ContinuousClock.now
    let (text, tokens, form) = try await self.tokens(of: request.input, for: request.requester)
    var bounded = request
    try bounded.takeRoom(ofPrompt: tokens.count)
    let request = bounded
    let constraint = try await self.constraint(of: request, form)
    let buffer = EventBuffer(capacity: Self.bufferCapacity) { [queue] in queue.wakeEngine() }
    let promptSize = request.echo ? text.utf8.count : 0
    let newReader: (@Sendable () -> any AnswerReader)? =
      if let parser = form?.parser {
        { ChatAnswerReader(parser, promptSize: promptSize) }
      } else {
        nil
      }
    let events = buffer.events(readingAnswersBy: newReader)
    let first = LlamaRequest(
      request: request,
      prompt: tokens,
      constraint: constraint,
      form: form,
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

  /// Counts the tokens of an input.
  public func countTokens(
    _ input: GenerationInput,
    requester: Requester
  ) async throws(GenerationError) -> Int {
    try await self.tokens(of: input, requester: requester).count
  }

  /// The tokens of an input, however many.
  public func tokens(
    of input: GenerationInput,
    requester: Requester
  ) async throws(GenerationError) -> [Int32] {
    try await self.tokens(of: input, for: requester, limit: .max).tokens
  }

  /// The text of tokens, with control tokens as text.
  public func text(
    of tokens: [Int32],
    requester: Requester
  ) async throws(GenerationError) -> String {
    try self.check(tokens, in: "token_ids")
    return try await self.textQueue.run(for: requester) { () async throws(GenerationError) in
      var bytes: [UInt8] = []
      for (index, token) in tokens.enumerated() {
        bytes += self.languageModel.name(of: token)
        if index % Self.tokensInSlice == Self.tokensInSlice - 1 { try await WorkQueue.endSlice() }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Decodes until the task is cancelled.
  public func run() async {
    await self.engine.run()
  }

  deinit {
    self.textQueue.close()
    self.chatQueue.close()
    self.constraintQueue.close()
  }

  /// - Parameter limit: the most tokens; nil is the context length.
  private func tokens(
    of input: GenerationInput,
    for requester: Requester,
    limit: Int? = nil
  ) async throws(GenerationError) -> (text: String, tokens: [Int32], form: AnswerForm?) {
    let limit = limit ?? self.contextLength
    let text: String
    let tokens: [Int32]
    var form: AnswerForm?
    switch input {
    case .prompt(let prompt):
      if prompt.isEmpty { throw .emptyPrompt }
      text = prompt
      tokens = try await self.textQueue.run(for: requester) {
        () async throws(GenerationError) in
        try await self.tokenizer.tokens(
          of: prompt,
          parseSpecial: false,
          field: "prompt",
          limit: limit
        )
      }
    case .conversation(let conversation):
      let chat = try await self.chatQueue.run(for: requester) { () throws(GenerationError) in
        try self.chat.format(conversation)
      }
      (text, form) = (chat.text, chat.form)
      tokens = try await self.textQueue.run(for: requester) {
        () async throws(GenerationError) in
        try await self.tokenizer.tokens(of: chat.marked, field: "messages", limit: limit)
      }
    case .tokens(let given):
      if given.count > limit {
        throw .promptTooLong(tokens: given.count, contextLength: limit)
      }
      try self.check(given, in: "prompt_token_ids")
      text = try await self.textQueue.run(for: requester) {
        String(decoding: given.flatMap { self.languageModel.bytes(of: $0) }, as: UTF8.self)
      }
      tokens = given
    }
    guard !tokens.isEmpty else { throw .emptyPrompt }
    // With those around every text, and those of texts that cannot be cut.
    if tokens.count > limit { throw .promptTooLong(tokens: tokens.count, contextLength: limit) }
    return (text, tokens, form)
  }

  private func constraint(
    of request: GenerationRequest,
    _ form: AnswerForm?
  ) async throws(GenerationError) -> ConstraintGrammar? {
    guard let calls = form?.calls else {
      guard let given = request.constraint else { return nil }
      return try await self.constraints.grammar(of: .given(given), for: request.requester)
    }
    if let given = request.constraint {
      throw GenerationError(
        .invalidRequest,
        "\(given.field) and tools cannot be used together: leave one out, or set tool_choice to none"
      )
    }
    return try await self.constraints.grammar(of: .calls(calls), for: request.requester)
  }

  /// - Throws: when a token is not in the model's vocabulary.
  private func check(_ tokens: [Int32], in field: String) throws(GenerationError) {
    let size = self.languageModel.vocabularySize
    if let unknown = tokens.first(where: { !(0 ..< size ~= Int($0)) }) {
      throw .unknownToken(unknown, in: field, vocabularySize: size)
    }
  }
}
