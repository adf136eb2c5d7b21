public import Identifiers

/// An event of a generation: one `started`, then `delta`s, then one `finished`. Several texts have
/// their `delta`s interleaved, and a `finished` each. What is reported of the prompt comes before the
/// first `delta` with tokens.
public enum GenerationEvent: Sendable, Hashable {
  // The rare cases are indirect so that the frequent one stays small.
  indirect case started(GenerationStarted)
  case delta(GenerationDelta)
  indirect case finished(GenerationFinished)
  indirect case progress(PromptProgress)
  indirect case promptLogprobs(PromptLogprobs)
}

/// How far a prompt is computed.
public struct PromptProgress: Sendable, Hashable {
  /// How many of the prompt's tokens are computed, or came from a cache.
  public var processed: Int
  /// The number of tokens in the prompt.
  public var total: Int
  /// How many of the prompt's tokens came from a cache.
  public var cached: Int

  /// Creates an event of a prompt that is being computed.
  public init(processed: Int, total: Int, cached: Int) {
    self.processed = processed
    self.total = total
    self.cached = cached
  }
}

/// The probabilities of a stretch of the prompt.
public struct PromptLogprobs: Sendable, Hashable {
  /// Where the stretch begins in the prompt, in tokens.
  public var offset: Int
  /// One for each token. The first token of the prompt has the logarithm 0 and no alternatives.
  public var logprobs: [TokenLogprobs]

  /// Creates an event of a stretch whose probabilities are known.
  public init(offset: Int, logprobs: [TokenLogprobs]) {
    self.offset = offset
    self.logprobs = logprobs
  }
}

/// The generation has started.
public struct GenerationStarted: Sendable, Hashable {
  /// The model that generates the text.
  public var model: Identifier
  /// The seed in use, whether the request gave it or not.
  public var seed: UInt32
  /// The number of tokens in the prompt.
  /// Nil when the generator does not know yet: then the usage at the end has it.
  public var promptTokens: Int?
  /// How many of the prompt's tokens came from a cache.
  public var cachedTokens: Int
  /// From the arrival of the request to the first work on it.
  public var queueTime: Duration
  /// Who generates the text elsewhere; nil for a model here.
  public var origin: GenerationOrigin?

  /// Creates an event of a generation that has started.
  public init(
    model: Identifier,
    seed: UInt32,
    promptTokens: Int?,
    cachedTokens: Int,
    queueTime: Duration,
    origin: GenerationOrigin? = nil
  ) {
    self.model = model
    self.seed = seed
    self.promptTokens = promptTokens
    self.cachedTokens = cachedTokens
    self.queueTime = queueTime
    self.origin = origin
  }
}

/// Who generates a text elsewhere.
public struct GenerationOrigin: Sendable, Hashable {
  /// The name of the server, as the operator has given it.
  public var replica: Identifier
  /// The model that the server says it uses; empty when it does not say.
  public var model: Identifier
  /// About how many tokens the prompt has, in case that the server does not say it.
  public var estimatedPromptTokens: Int
  /// What the text costs; nil when the operator has given no prices.
  public var prices: TokenPrices?

  /// Creates an origin.
  public init(
    replica: Identifier,
    model: Identifier,
    estimatedPromptTokens: Int = 0,
    prices: TokenPrices? = nil
  ) {
    self.replica = replica
    self.model = model
    self.estimatedPromptTokens = estimatedPromptTokens
    self.prices = prices
  }
}

/// The next piece of text.
public struct GenerationDelta: Sendable, Hashable {
  /// Of several texts, which; from 0.
  public var index: Int
  /// Always whole characters. Empty in the last delta when tokens without text remain, and in one of
  /// thinking or of calls.
  @Bytewise public var text: String
  /// The tokens whose text this delta completes. Empty for the echoed prompt, and from a generator
  /// that does not know its tokens.
  public var tokenIDs: [Int32]
  /// The number of tokens whose text this delta completes, as far as that is known.
  public var tokenCount: Int
  /// One for each of `tokenIDs` if requested, otherwise empty.
  public var logprobs: [TokenLogprobs]
  /// What few deltas have is apart, so that the others are small and soon copied.
  private var rare: Rare?

  /// The next piece of what the model thinks before its answer.
  public var reasoning: String {
    get { self.rare?.reasoning.wrappedValue ?? "" }
    set { self.rare = Rare(reasoning: newValue, toolCalls: self.toolCalls) }
  }
  /// The next pieces of the model's calls of tools.
  public var toolCalls: [ToolCallDelta] {
    get { self.rare?.toolCalls ?? [] }
    set { self.rare = Rare(reasoning: self.reasoning, toolCalls: newValue) }
  }

  /// Creates an event of the next piece of text.
  ///
  /// - Parameter tokenCount: if nil, as many as `tokenIDs`.
  public init(
    index: Int = 0,
    text: String,
    tokenIDs: [Int32] = [],
    tokenCount: Int? = nil,
    logprobs: [TokenLogprobs] = [],
    reasoning: String = "",
    toolCalls: [ToolCallDelta] = []
  ) {
    self.index = index
    self.text = text
    self.tokenIDs = tokenIDs
    self.tokenCount = tokenCount ?? tokenIDs.count
    self.logprobs = logprobs
    self.rare = Rare(reasoning: reasoning, toolCalls: toolCalls)
  }

  /// Appends the next piece of the same text.
  public mutating func append(_ next: GenerationDelta) {
    self.text += next.text
    self.tokenIDs += next.tokenIDs
    self.tokenCount += next.tokenCount
    if !next.logprobs.isEmpty { self.logprobs += next.logprobs }
    if next.rare == nil { return }
    self.reasoning += next.reasoning
    for piece in next.toolCalls {
      if piece.id == nil, let last = self.toolCalls.indices.last,
        self.toolCalls[last].index == piece.index
      {
        self.toolCalls[last].arguments += piece.arguments
      } else {
        self.toolCalls.append(piece)
      }
    }
  }

  /// The approximate size, in bytes.
  var size: Int {
    var size = self.text.utf8.count + 4 * self.tokenIDs.count
    for logprobs in self.logprobs {
      size += MemoryLayout<Logprob>.stride * (1 + logprobs.top.count)
    }
    if let rare { size += rare.size }
    return size
  }
}

/// In a class, so that a delta without it copies one reference to nothing.
private final class Rare: Sendable, Hashable {
  let reasoning: Bytewise<String>
  let toolCalls: [ToolCallDelta]

  init?(reasoning: String, toolCalls: [ToolCallDelta]) {
    if reasoning.isEmpty && toolCalls.isEmpty { return nil }
    self.reasoning = Bytewise(wrappedValue: reasoning)
    self.toolCalls = toolCalls
  }

  var size: Int {
    self.toolCalls.reduce(self.reasoning.wrappedValue.utf8.count) {
      $0 + MemoryLayout<ToolCallDelta>.stride + $1.arguments.utf8.count
    }
  }

  static func == (a: Rare, b: Rare) -> Bool {
    a.reasoning == b.reasoning && a.toolCalls == b.toolCalls
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(self.reasoning)
    hasher.combine(self.toolCalls)
  }
}

/// A piece of a call of a tool.
public struct ToolCallDelta: Sendable, Hashable {
  /// Which of the text's calls; from 0.
  public var index: Int
  /// In the call's first piece; nil in others.
  public var id: Identifier?
  /// The tool's name, in the call's first piece; nil in others.
  public var name: Identifier?
  /// The next piece of the arguments, whose join is a JSON object.
  @Bytewise public var arguments: String

  /// Creates a piece of a call.
  public init(index: Int, id: Identifier? = nil, name: Identifier? = nil, arguments: String) {
    self.index = index
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

/// A generation, or one of its texts, has ended.
public struct GenerationFinished: Sendable, Hashable {
  /// Of several texts, which; from 0.
  public var index: Int
  /// Why the text ended.
  public var reason: FinishReason
  /// The stop string that ended the text, if one did.
  @Bytewise public var matchedStop: String?
  /// Whether the text ended before it satisfied the request's constraint, or within a call of a
  /// tool.
  public var isIncomplete: Bool
  /// How many tokens the generation used.
  public var usage: TokenUsage
  /// How long it took.
  public var timings: GenerationTimings

  /// Creates an event of a text that has ended.
  public init(
    index: Int = 0,
    reason: FinishReason,
    matchedStop: String? = nil,
    isIncomplete: Bool = false,
    usage: TokenUsage,
    timings: GenerationTimings
  ) {
    self.index = index
    self.reason = reason
    self.matchedStop = matchedStop
    self.isIncomplete = isIncomplete
    self.usage = usage
    self.timings = timings
  }
}

/// Why a text ended.
public enum FinishReason: Sendable, Hashable {
  /// The model ended its text.
  case stop
  /// The text reached one of the request's stop strings.
  case stopSequence
  /// The limit `maxTokens` is reached.
  case length
  /// The prompt and the text fill the context.
  case contextLength
  /// The caller ended it.
  case cancelled
  /// The model ended its text with calls of tools.
  case toolCalls
  /// Another server's filter ended it.
  case contentFilter
}

/// How many tokens a generation used.
public struct TokenUsage: Sendable, Hashable {
  /// The number of tokens in the prompt.
  public var promptTokens: Int
  /// The number of generated tokens.
  public var completionTokens: Int
  /// How many of the prompt's tokens came from a cache.
  public var cachedTokens: Int
  /// How many of the generated tokens are what the model thought, and its marks.
  public var reasoningTokens: Int
  /// Where the numbers of a text from elsewhere come from; nil for a model here.
  public var source: UsageSource?

  /// Creates the token counts of a generation.
  public init(
    promptTokens: Int,
    completionTokens: Int,
    cachedTokens: Int,
    reasoningTokens: Int = 0,
    source: UsageSource? = nil
  ) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.cachedTokens = cachedTokens
    self.reasoningTokens = reasoningTokens
    self.source = source
  }
}

/// Where the numbers of tokens of a text from elsewhere come from.
public enum UsageSource: Sendable, Hashable {
  /// The server that generated the text has told them.
  case reported
  /// They are an estimate from the length of the text: that server has not told them.
  case counted
}

/// How long the parts of a generation took.
public struct GenerationTimings: Sendable, Hashable {
  /// From the arrival of the request to the first work on it.
  public var queue: Duration
  /// From the first work on the prompt to the first token.
  public var prompt: Duration
  /// From the first token to the last.
  public var completion: Duration

  /// Creates the timings of a generation.
  public init(queue: Duration, prompt: Duration, completion: Duration) {
    self.queue = queue
    self.prompt = prompt
    self.completion = completion
  }
}
