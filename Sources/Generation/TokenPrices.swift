/// What the tokens of a model elsewhere cost, in the operator's currency for a million tokens.
public struct TokenPrices: Sendable, Hashable {
  /// Those of the prompt.
  public var prompt: Double
  /// Those of the prompt that come from the server's cache.
  public var cached: Double
  /// Those that are generated, thoughts among them.
  public var completion: Double

  /// Creates prices.
  ///
  /// - Parameter cached: nil is the price of the prompt's other tokens.
  public init(prompt: Double, cached: Double? = nil, completion: Double) {
    self.prompt = prompt
    self.cached = cached ?? prompt
    self.completion = completion
  }

  /// The cost of the texts of one request, which have one prompt.
  public func cost(of texts: [TokenUsage]) -> Double {
    let prompt = texts.map(\.promptTokens).max() ?? 0
    let cached = min(prompt, texts.map(\.cachedTokens).max() ?? 0)
    let completion = texts.reduce(0) { $0 + $1.completionTokens }
    return
      (Double(prompt - cached) * self.prompt + Double(cached) * self.cached
      + Double(completion) * self.completion) / 1_000_000
  }
}
