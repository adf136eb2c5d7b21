/// How a token is chosen from the model's probabilities.
///
/// The options apply in this order: `logitBias`, penalties, `ignoreEOS` and `minTokens`, `topK`,
/// `topP`, `minP`, `temperature`, random choice.
public struct SamplingOptions: Sendable, Hashable {
  /// Above 1 flattens the probabilities, below 1 sharpens them; 0 always takes the likeliest token.
  public var temperature: Float
  /// Keeps the k likeliest tokens; 0 keeps all.
  public var topK: Int
  /// Keeps the likeliest tokens whose probabilities sum to p; in (0, 1].
  public var topP: Float
  /// Drops tokens less likely than p times the likeliest; in [0, 1].
  public var minP: Float
  /// Divides the logits of repeated tokens; above 0, and 1 is off. For all penalties, the prompt's
  /// tokens count like generated ones, as in llama.cpp.
  public var repeatPenalty: Float
  /// How many of the last tokens the penalties look at; 0 is none, -1 is the whole context.
  public var repeatLastN: Int
  /// Subtracted from the logit of each repeated token; in [-2, 2].
  public var presencePenalty: Float
  /// Subtracted from the logit of a repeated token for each repetition; in [-2, 2].
  public var frequencyPenalty: Float
  /// Added to the logits of these tokens; in [-100, 100].
  public var logitBias: [Int32: Float]
  /// Whether the model is kept from ending its text; the other limits still end it.
  public var ignoreEOS: Bool
  /// For this many tokens the model cannot end its text, and stop strings are ignored.
  public var minTokens: Int
  /// The seed of the random choice; nil lets the generator choose one. `GenerationStarted` has it.
  public var seed: UInt32?
  /// Which options the request names. The others have the defaults of the API, in place of which a
  /// model elsewhere has its own.
  public var given: Given = []

  /// A set of options.
  public struct Given: OptionSet, Sendable, Hashable {
    /// One bit for each option.
    public let rawValue: Int

    /// Creates a set.
    public init(rawValue: Int) {
      self.rawValue = rawValue
    }

    /// `temperature`.
    public static let temperature = Given(rawValue: 1 << 0)
    /// `topK`.
    public static let topK = Given(rawValue: 1 << 1)
    /// `topP`.
    public static let topP = Given(rawValue: 1 << 2)
    /// `minP`.
    public static let minP = Given(rawValue: 1 << 3)
  }

  /// Creates options; the defaults are those of the API.
  public init(
    temperature: Float = 0.8,
    topK: Int = 40,
    topP: Float = 0.95,
    minP: Float = 0.05,
    repeatPenalty: Float = 1,
    repeatLastN: Int = 64,
    presencePenalty: Float = 0,
    frequencyPenalty: Float = 0,
    logitBias: [Int32: Float] = [:],
    ignoreEOS: Bool = false,
    minTokens: Int = 0,
    seed: UInt32? = nil
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repeatPenalty = repeatPenalty
    self.repeatLastN = repeatLastN
    self.presencePenalty = presencePenalty
    self.frequencyPenalty = frequencyPenalty
    self.logitBias = logitBias
    self.ignoreEOS = ignoreEOS
    self.minTokens = minTokens
    self.seed = seed
  }
}
