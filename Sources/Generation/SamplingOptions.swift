/// How a token is chosen from the model's probabilities.
///
/// The options apply in this order: `logitBias`, penalties, `ignoreEOS` and `minTokens`, `topK`,
/// `topP`, `minP`, `temperature`, chance.
public struct SamplingOptions: Sendable, Hashable {
  /// Flattens the probabilities above 1 and sharpens them below; 0 always takes the likeliest.
  public var temperature: Float
  /// Keeps the k likeliest tokens; 0 keeps all.
  public var topK: Int
  /// Keeps the likeliest tokens whose probabilities sum to p; in (0, 1].
  public var topP: Float
  /// Drops tokens less likely than p times the likeliest; in [0, 1].
  public var minP: Float
  /// Divides the logits of repeated tokens; above 0, 1 is off. The tokens of the prompt count as
  /// those of the text for all penalties, as in llama.cpp.
  public var repeatPenalty: Float
  /// How many of the last tokens the penalties look at; 0 is none, -1 the context.
  public var repeatLastN: Int
  /// Subtracted from the logit of each repeated token; in [-2, 2].
  public var presencePenalty: Float
  /// Subtracted from the logit of a repeated token for each repetition; in [-2, 2].
  public var frequencyPenalty: Float
  /// Added to the logits of these tokens; in [-100, 100].
  public var logitBias: [Int32: Float]
  /// Whether the model cannot end its text: only the other limits do.
  public var ignoreEOS: Bool
  /// The model cannot end its text, and stop strings do not count, in that many tokens.
  public var minTokens: Int
  /// Where chance starts from. Chosen by the generator when absent; `GenerationStarted` tells it.
  public var seed: UInt32?

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
