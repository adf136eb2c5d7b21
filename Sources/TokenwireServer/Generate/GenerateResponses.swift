internal import Generation
internal import Identifiers
internal import NIOCore
internal import TokenwireAPI

/// Converts the events of one generation to the messages of its stream.
struct GenerateResponses {
  private let generationID: Identifier
  private let userID: Identifier
  private var seq: UInt64 = 0
  /// The generated tokens of all texts so far, without those of an echoed prompt.
  private(set) var completionTokens = 0
  /// The tokens that count against the caller's limits: those of the deltas, and those that a generator
  /// reports only at the end of a text.
  private(set) var generatedTokens = 0
  /// The usage of each text; nil for texts that have ended.
  private var unfinished: [TokenUsage?]
  /// Of a model with prices: they, and the usage of the texts that have ended.
  private var priced: (prices: TokenPrices, ended: [TokenUsage])?

  /// - Parameters:
  ///   - userID: the caller; empty for callers without an access token.
  ///   - texts: the number of texts that the call asks for.
  init(generationID: Identifier, userID: Identifier, texts: Int) {
    self.generationID = generationID
    self.userID = userID
    let usage = TokenUsage(promptTokens: 0, completionTokens: 0, cachedTokens: 0)
    self.unfinished = Array(repeating: usage, count: texts)
  }

  /// Whether the generation's first message was made.
  private(set) var hasStarted = false

  /// Whether all texts have ended.
  var isFinished: Bool { self.unfinished.allSatisfy { $0 == nil } }

  /// What the texts cost so far; nil without prices.
  var cost: Double? {
    self.priced.map { $0.prices.cost(of: $0.ended + self.unfinished.compactMap { $0 }) }
  }

  mutating func response(to event: GenerationEvent) -> GenerateResponse {
    switch event {
    case .started(let started):
      self.hasStarted = true
      for index in self.unfinished.indices {
        self.unfinished[index]?.promptTokens =
          started.promptTokens ?? started.origin?.estimatedPromptTokens ?? 0
        // A text that is cut off has no other numbers.
        self.unfinished[index]?.source = started.origin.map { _ in .counted }
      }
      self.priced = started.origin?.prices.map { ($0, []) }
      self.unfinished[0]?.cachedTokens = started.cachedTokens
      return self.next(
        .started(Started(started, generationID: self.generationID, userID: self.userID))
      )
    case .delta(let delta):
      self.completionTokens += delta.tokenCount
      self.generatedTokens += delta.tokenCount
      self.update(delta.index) { $0?.completionTokens += delta.tokenCount }
      return self.next(.delta(Delta(delta)))
    case .finished(let finished):
      self.generatedTokens += self.uncounted(finished)
      self.update(finished.index) { $0 = nil }
      self.priced?.ended.append(finished.usage)
      return self.next(.finished(Finished(finished)))
    case .progress(let progress):
      return self.next(
        .progress(
          Progress(
            processed: Int32(clamping: progress.processed),
            total: Int32(clamping: progress.total),
            cached: Int32(clamping: progress.cached)
          )
        )
      )
    case .promptLogprobs(let stretch):
      return self.next(
        .promptLogprobs(
          TokenwireAPI.PromptLogprobs(
            offset: Int32(clamping: stretch.offset),
            logprobs: stretch.logprobs.map { TokenLogprobs($0) }
          )
        )
      )
    }
  }

  /// The last messages of an aborted generation.
  ///
  /// - Parameter incomplete: the indexes of the texts that ended within a call of a tool.
  mutating func aborted(incomplete: Set<Int>) -> [GenerateResponse] {
    self.unfinished.enumerated().compactMap { index, usage in
      usage.map { usage in
        self.next(
          .finished(
            Finished(
              finishReason: .cancelled,
              usage: Usage(usage),
              incomplete: incomplete.contains(index),
              index: Int32(clamping: index)
            )
          )
        )
      }
    }
  }

  /// The tokens of a finished text that its deltas did not count.
  private func uncounted(_ finished: GenerationFinished) -> Int {
    guard self.unfinished.indices.contains(finished.index),
      let usage = self.unfinished[finished.index]
    else { return 0 }
    return max(0, finished.usage.completionTokens - usage.completionTokens)
  }

  /// A recording may have more texts than requested: these are sent, but not waited for.
  private mutating func update(_ index: Int, _ body: (inout TokenUsage?) -> Void) {
    if self.unfinished.indices.contains(index) { body(&self.unfinished[index]) }
  }

  private mutating func next(_ event: GenerateResponse.Event) -> GenerateResponse {
    defer { self.seq += 1 }
    return GenerateResponse(
      seq: self.seq,
      completionTokens: Int32(clamping: self.completionTokens),
      event: event
    )
  }
}

extension Started {
  fileprivate init(_ started: GenerationStarted, generationID: Identifier, userID: Identifier) {
    self.init(
      generationID: generationID.text,
      model: started.model.text,
      seed: started.seed,
      promptTokens: Int32(clamping: started.promptTokens ?? 0),
      cachedTokens: Int32(clamping: started.cachedTokens),
      userID: userID.text,
      queueTimeNano: started.queueTime.nanoseconds,
      replica: started.origin?.replica.text ?? "",
      upstreamModel: started.origin?.model.text ?? ""
    )
  }
}

extension Delta {
  fileprivate init(_ delta: GenerationDelta) {
    self.init(
      text: delta.text,
      tokenIDs: delta.tokenIDs,
      logprobs: delta.logprobs.map { TokenLogprobs($0) },
      index: Int32(clamping: delta.index),
      reasoningText: delta.reasoning,
      toolCalls: delta.toolCalls.map { ToolCallDelta($0) }
    )
  }
}

extension TokenwireAPI.ToolCallDelta {
  fileprivate init(_ delta: Generation.ToolCallDelta) {
    self.init(
      index: Int32(clamping: delta.index),
      id: delta.id?.text ?? "",
      name: delta.name?.text ?? "",
      arguments: delta.arguments
    )
  }
}

extension TokenwireAPI.TokenLogprobs {
  fileprivate init(_ logprobs: Generation.TokenLogprobs) {
    self.init(chosen: Logprob(logprobs.chosen), top: logprobs.top.map { Logprob($0) })
  }
}

extension TokenwireAPI.Logprob {
  fileprivate init(_ logprob: Generation.Logprob) {
    self.init(
      tokenID: logprob.tokenID,
      token: ByteBuffer(bytes: logprob.token),
      logprob: logprob.logprob
    )
  }
}

extension Finished {
  fileprivate init(_ finished: GenerationFinished) {
    self.init(
      finishReason: TokenwireAPI.FinishReason(finished.reason),
      matchedStop: finished.matchedStop ?? "",
      usage: Usage(finished.usage),
      timings: Timings(finished.timings),
      incomplete: finished.isIncomplete,
      index: Int32(clamping: finished.index)
    )
  }
}

extension TokenwireAPI.FinishReason {
  fileprivate init(_ reason: Generation.FinishReason) {
    self =
      switch reason {
      case .stop: .stop
      case .stopSequence: .stopSequence
      case .length: .length
      case .contextLength: .contextLength
      case .cancelled: .cancelled
      case .toolCalls: .toolCalls
      case .contentFilter: .contentFilter
      }
  }
}

extension Usage {
  fileprivate init(_ usage: TokenUsage) {
    self.init(
      promptTokens: Int32(clamping: usage.promptTokens),
      completionTokens: Int32(clamping: usage.completionTokens),
      cachedTokens: Int32(clamping: usage.cachedTokens),
      reasoningTokens: Int32(clamping: usage.reasoningTokens),
      source: TokenwireAPI.UsageSource(usage.source)
    )
  }
}

extension TokenwireAPI.UsageSource {
  fileprivate init(_ source: Generation.UsageSource?) {
    self =
      switch source {
      case nil: .unspecified
      case .reported: .reported
      case .counted: .counted
      }
  }
}

extension Timings {
  fileprivate init(_ timings: GenerationTimings) {
    self.init(
      queueNano: timings.queue.nanoseconds,
      promptNano: timings.prompt.nanoseconds,
      completionNano: timings.completion.nanoseconds
    )
  }
}

extension Duration {
  /// The duration in nanoseconds, at most 292 years.
  fileprivate var nanoseconds: Int64 {
    let whole = self / Duration.nanoseconds(1)
    return Int64(exactly: whole.rounded(.down)) ?? .max
  }
}
