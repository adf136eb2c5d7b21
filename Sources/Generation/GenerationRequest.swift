public import Identifiers

/// The form that a text must have.
public enum Constraint: Sendable {
  /// JSON that satisfies this JSON schema.
  case jsonSchema(String)
  /// A text that follows this grammar, in llama.cpp's GBNF.
  case grammar(String)

  /// The schema or the grammar.
  public var text: String {
    switch self {
    case .jsonSchema(let text), .grammar(let text): text
    }
  }

  /// The constraint's field in the API.
  public var field: String {
    switch self {
    case .jsonSchema: "json_schema"
    case .grammar: "grammar"
    }
  }
}

/// Constraints are compared by their bytes.
extension Constraint: Hashable {
  /// Compares the kinds and the bytes of the texts.
  public static func == (left: Constraint, right: Constraint) -> Bool {
    switch (left, right) {
    case (.jsonSchema(let schema), .jsonSchema(let other)): Identifier(schema) == Identifier(other)
    case (.grammar(let grammar), .grammar(let other)): Identifier(grammar) == Identifier(other)
    default: false
    }
  }

  /// Hashes the kind and the bytes of the text.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .jsonSchema(let text), .grammar(let text):
      hasher.combine(self.field)
      hasher.combine(Identifier(text))
    }
  }
}

/// A request whose values are within their ranges: its parser has checked them.
public struct GenerationRequest: Sendable, Hashable {
  /// What the text starts from.
  public var input: GenerationInput
  /// How each token is chosen.
  public var sampling: SamplingOptions
  /// The most tokens to generate; 0 only reads the prompt.
  public var maxTokens: Int
  /// Whether nothing but the context bounds the text: `maxTokens` is all that the context holds, and
  /// nobody has asked for that number.
  public var fillsContext: Bool
  /// The most tokens of the prompt and the text together; nil is what the context holds.
  public var maxLength: Int?
  /// The text ends before the first of these strings. None is empty.
  @Bytewise public var stop: [String]
  /// Whether the first delta has the prompt.
  public var echo: Bool
  /// How many alternatives to report for each chosen token; nil reports no probabilities.
  public var logprobs: Int?
  /// The form that the text must have; nil allows any.
  public var constraint: Constraint?
  /// When the caller stops waiting: a request that is still queued then is not started.
  public var deadline: ContinuousClock.Instant?
  /// Who the request is for.
  public var requester: Requester
  /// How many texts to generate from the input; at least 1. The seed increases by one from text to
  /// text.
  public var n: Int
  /// Whether the same request with the same seed always gives the same tokens, whatever else is
  /// generated at the time. This is slower.
  public var deterministic: Bool

  /// How many alternatives to report for each token of the prompt; nil reports no probabilities of
  /// the prompt. The prompt is then computed anew, even if it is cached.
  public var promptLogprobs: Int?
  /// Whether to report how far a prompt is that takes more than one step.
  public var reportsProgress: Bool
  /// The conversation that the text belongs to; empty is none. What is known of its prompt is kept
  /// longer than that of the requester's other texts.
  public var sessionID: Identifier

  /// Creates a request; by default for one text of at most 150 tokens.
  public init(
    input: GenerationInput,
    sampling: SamplingOptions = SamplingOptions(),
    maxTokens: Int = 150,
    fillsContext: Bool = false,
    maxLength: Int? = nil,
    stop: [String] = [],
    echo: Bool = false,
    logprobs: Int? = nil,
    constraint: Constraint? = nil,
    deadline: ContinuousClock.Instant? = nil,
    requester: Requester = .anyone,
    n: Int = 1,
    deterministic: Bool = false,
    promptLogprobs: Int? = nil,
    reportsProgress: Bool = false,
    sessionID: Identifier = ""
  ) {
    self.input = input
    self.sampling = sampling
    self.maxTokens = maxTokens
    self.fillsContext = fillsContext
    self.maxLength = maxLength
    self.stop = stop
    self.echo = echo
    self.logprobs = logprobs
    self.constraint = constraint
    self.deadline = deadline
    self.requester = requester
    self.n = n
    self.deterministic = deterministic
    self.promptLogprobs = promptLogprobs
    self.reportsProgress = reportsProgress
    self.sessionID = sessionID
  }
}

extension GenerationRequest {
  /// Bounds the text by what the prompt leaves of `maxLength`.
  ///
  /// - Throws: when it leaves nothing.
  package mutating func takeRoom(ofPrompt promptTokens: Int) throws(GenerationError) {
    guard let maxLength, self.maxTokens > 0 else { return }
    guard promptTokens < maxLength else {
      throw .noRoom(promptTokens: promptTokens, maxLength: maxLength)
    }
    self.maxTokens = min(self.maxTokens, maxLength - promptTokens)
  }
}
