/// The probability of a chosen token, and the likeliest alternatives.
public struct TokenLogprobs: Sendable, Hashable {
  /// The chosen token.
  public var chosen: Logprob
  /// The likeliest tokens, most likely first.
  public var top: [Logprob]

  /// Creates the probabilities of one position.
  public init(chosen: Logprob, top: [Logprob]) {
    self.chosen = chosen
    self.top = top
  }
}

/// A token and the logarithm of its probability.
public struct Logprob: Sendable, Hashable {
  /// The token's number in the model's vocabulary.
  public var tokenID: Int32
  /// The token's bytes, which may not be whole characters.
  public var token: [UInt8]
  /// The natural logarithm of the probability, before sampling options apply.
  public var logprob: Float

  /// Creates a token with its probability.
  public init(tokenID: Int32, token: [UInt8], logprob: Float) {
    self.tokenID = tokenID
    self.token = token
    self.logprob = logprob
  }
}
