internal import Generation
internal import Identifiers

/// Makes the events of a generation from what a server says.
struct AnswerAssembly {
  private struct Text {
    var tokens = 0
    var calls = CallAssembly()
    var end: End?

    struct End {
      var reason: FinishReason?
      var matchedStop: Identifier?
    }
  }

  private let request: GenerationRequest
  private let model: UpstreamModel
  private let replica: Identifier
  /// The size of the request, in bytes.
  private let requestSize: Int
  private let arrival: ContinuousClock.Instant
  private let sent = ContinuousClock.now
  private var firstPiece: ContinuousClock.Instant?
  private var origin: Identifier = ""
  private var usage = ReportedUsage()
  /// Whether pieces have come whose tokens it does not count.
  private var isUsageBehind = false
  private var texts: [Text]
  /// Whether the answer has said that it has ended.
  private(set) var isDone = false
  /// Whether the caller has had something of it.
  private var hasBegun = false

  /// - Parameters:
  ///   - requestSize: how many bytes the server is sent.
  ///   - arrival: when the request came.
  init(
    _ request: GenerationRequest,
    of model: UpstreamModel,
    from replica: Identifier,
    requestSize: Int,
    arrival: ContinuousClock.Instant
  ) {
    self.request = request
    self.model = model
    self.replica = replica
    self.requestSize = requestSize
    self.arrival = arrival
    self.texts = Array(repeating: Text(), count: request.n)
  }

  /// Takes what the server says, and appends what it means for the caller.
  mutating func take(
    _ parts: [AnswerPart],
    into events: inout [GenerationEvent]
  ) throws(UpstreamFailure) {
    for part in parts {
      switch part {
      case .model(let name): self.origin = name
      case .usage(let usage):
        self.usage.update(usage)
        if usage.countsText { self.isUsageBehind = false }
      case .done: self.isDone = true
      case .end(let index, let reason, let matchedStop):
        guard self.texts.indices.contains(index) else { continue }
        self.texts[index].end = Text.End(reason: reason, matchedStop: matchedStop)
      case .piece(let piece):
        guard self.texts.indices.contains(piece.index) else { continue }
        try self.append(piece, &events)
      }
    }
  }

  private mutating func append(
    _ piece: AnswerPiece,
    _ events: inout [GenerationEvent]
  ) throws(UpstreamFailure) {
    let calls = try self.texts[piece.index].calls.append(piece.calls)
    self.begin(&events)
    let tokens = self.tokens(of: piece)
    if !piece.isCounted { self.isUsageBehind = true }
    self.texts[piece.index].tokens += tokens
    let delta = GenerationDelta(
      index: piece.index,
      text: piece.text,
      tokenCount: tokens,
      logprobs: self.logprobs(of: piece),
      reasoning: piece.reasoning,
      toolCalls: calls
    )
    guard case .delta(var last)? = events.last, last.index == delta.index,
      self.request.logprobs == nil
    else {
      events.append(.delta(delta))
      return
    }
    // What has come at once is one event.
    events.removeLast()
    last.append(delta)
    events.append(.delta(last))
  }

  /// With as many alternatives as were asked for, also of a server that tells more.
  private func logprobs(of piece: AnswerPiece) -> [TokenLogprobs] {
    guard let count = self.request.logprobs else { return [] }
    return piece.logprobs.map { TokenLogprobs(chosen: $0.chosen, top: Array($0.top.prefix(count))) }
  }

  /// How many tokens the server says that there are more now, or about how many these are.
  private func tokens(of piece: AnswerPiece) -> Int {
    if self.model.kind.tellsUsageOfChunks, piece.isCounted, self.texts.count == 1,
      let reported = self.usage.completionTokens, reported > self.texts[0].tokens
    {
      return max(0, min(reported, self.request.maxTokens) - self.texts[0].tokens)
    }
    if !piece.logprobs.isEmpty { return piece.logprobs.count }
    let bytes =
      piece.text.utf8.count + piece.reasoning.utf8.count
      + piece.calls.reduce(0) { $0 + $1.arguments.utf8.count }
    // Most servers send a chunk for each token; a long one is of several.
    return bytes <= Self.longestToken ? 1 : bytes / GenerationInput.bytesPerToken
  }

  private static let longestToken = 24

  /// How the text begins, as far as is known.
  var start: GenerationStarted {
    GenerationStarted(
      model: self.model.id,
      seed: self.request.sampling.seed ?? 0,
      promptTokens: self.promptTokens,
      cachedTokens: self.cachedTokens,
      queueTime: self.sent - self.arrival,
      origin: GenerationOrigin(
        replica: self.replica,
        model: self.origin,
        estimatedPromptTokens: self.request.input.estimatedTokens,
        prices: self.model.prices
      )
    )
  }

  private mutating func begin(_ events: inout [GenerationEvent]) {
    if self.hasBegun { return }
    self.hasBegun = true
    self.firstPiece = .now
    events.append(.started(self.start))
    guard self.request.echo, let text = self.request.echoedText else { return }
    for index in self.texts.indices {
      events.append(.delta(GenerationDelta(index: index, text: text)))
    }
  }

  /// Whether all texts have ended.
  var hasEnded: Bool { self.texts.allSatisfy { $0.end != nil } }

  /// Whether all texts have ended, and their tokens are told.
  var isComplete: Bool {
    self.hasEnded && self.promptTokens != nil && self.completionTokens != nil
  }

  /// Takes the end of the stream.
  ///
  /// - Throws: `cutOff` when a text has not ended.
  mutating func finish(into events: inout [GenerationEvent]) throws(UpstreamFailure) {
    // Of some servers that speak only like OpenAI's, the end of the stream is that of its one text.
    let isLenient = self.model.kind == .compatible && self.texts.count == 1
    let isOver = self.isDone && isLenient && self.hasBegun
    guard isOver || self.hasEnded else { throw .cutOff }
    self.begin(&events)
    let now = ContinuousClock.now
    let timings = GenerationTimings(
      queue: self.sent - self.arrival,
      prompt: (self.firstPiece ?? now) - self.sent,
      completion: now - (self.firstPiece ?? now)
    )
    self.countTheRest()
    for index in self.texts.indices {
      let calls = try self.texts[index].calls.end()
      if !calls.rest.isEmpty {
        events.append(
          .delta(GenerationDelta(index: index, text: "", tokenCount: 0, toolCalls: calls.rest))
        )
      }
      let reason = self.reason(index)
      let isCut = reason == .length || reason == .contextLength || reason == .contentFilter
      events.append(
        .finished(
          GenerationFinished(
            index: index,
            reason: reason,
            matchedStop: self.texts[index].end?.matchedStop?.text,
            isIncomplete: calls.isIncomplete || (isCut && self.request.constraint != nil),
            usage: self.usage(of: index),
            timings: timings
          )
        )
      )
    }
  }

  /// Servers end a call of a tool with "stop", too: what came decides.
  private func reason(_ index: Int) -> FinishReason {
    let reason = self.texts[index].end?.reason
    let hasCalls = !self.texts[index].calls.isEmpty
    switch reason {
    case nil, .stop: return hasCalls ? .toolCalls : .stop
    case .toolCalls: return hasCalls ? .toolCalls : .stop
    case .some(let reason): return reason
    }
  }

  /// Gives the first text what the server says and the pieces did not: it counts all texts together.
  private mutating func countTheRest() {
    guard let told = self.completionTokens else { return }
    // A server that tells nonsense must not use up its caller's quota.
    let reported = min(told, self.request.maxTokens * self.texts.count)
    let others = self.texts.dropFirst().reduce(0) { $0 + $1.tokens }
    self.texts[0].tokens = max(0, reported - others)
  }

  private func usage(of index: Int) -> TokenUsage {
    let isReported = self.promptTokens != nil && self.completionTokens != nil
    return TokenUsage(
      promptTokens: self.promptTokens ?? self.request.input.estimatedTokens,
      completionTokens: self.texts[index].tokens,
      cachedTokens: self.cachedTokens,
      reasoningTokens: self.reasoningTokens(of: index),
      source: isReported ? .reported : .counted
    )
  }

  /// How many tokens a template may have besides what it is given.
  private static let longestTemplate = 1 << 16

  /// The prompt's tokens as they are told; nil when they are not, or cannot be right. Some servers tell
  /// zeros until they have counted, or always.
  private var promptTokens: Int? {
    guard let told = self.usage.promptTokens else { return nil }
    if told == 0, self.request.input.estimatedTokens > 0 { return nil }
    // No token has less than a byte.
    return told > self.requestSize + Self.longestTemplate ? nil : told
  }

  /// The texts' tokens as they are told; nil when they are not, or are those of their beginning.
  private var completionTokens: Int? { self.isUsageBehind ? nil : self.usage.completionTokens }

  private var cachedTokens: Int {
    min(
      self.usage.cachedTokens ?? 0,
      self.promptTokens ?? self.request.input.estimatedTokens
    )
  }

  /// They are told of all texts together, and are among the texts' own.
  private func reasoningTokens(of index: Int) -> Int {
    guard self.completionTokens != nil, let told = self.usage.reasoningTokens else { return 0 }
    let before = self.texts[..<index].reduce(0) { $0 + $1.tokens }
    return max(0, min(told - before, self.texts[index].tokens))
  }
}

extension GenerationInput {
  /// What a token of English takes on average.
  static let bytesPerToken = 4

  /// About how many tokens it has.
  var estimatedTokens: Int {
    switch self {
    case .tokens(let tokens): tokens.count
    case .prompt(let prompt): Self.tokens(prompt.utf8.count)
    case .conversation(let conversation):
      Self.tokens(
        conversation.messages.reduce(0) { $0 + $1.content.utf8.count + 4 * Self.bytesPerToken }
          + conversation.tools.reduce(0) {
            $0 + $1.description.utf8.count + $1.parameters.utf8.count
          }
      )
    }
  }

  private static func tokens(_ bytes: Int) -> Int {
    (bytes + self.bytesPerToken - 1) / self.bytesPerToken
  }
}
