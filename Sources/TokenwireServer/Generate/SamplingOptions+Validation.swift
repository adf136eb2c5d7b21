internal import Generation
internal import RPC
internal import TokenwireAPI

extension Generation.SamplingOptions {
  private static let maximumBiases = 300

  /// - Parameter maxTokens: the maximum of `min_tokens`.
  /// - Throws: `invalidArgument` with the field's name, its value and the allowed range.
  init(_ options: TokenwireAPI.SamplingOptions?, maxTokens: Int) throws(CallError) {
    self.init()
    guard let options else { return }
    if let temperature = options.temperature {
      guard temperature >= 0 && temperature.isFinite else {
        throw .outOfRange("temperature", temperature, "0 or more")
      }
      self.temperature = temperature
      self.given.insert(.temperature)
    }
    if let topK = options.topK {
      guard topK >= 0 else { throw .outOfRange("top_k", topK, "0 or more") }
      self.topK = Int(topK)
      self.given.insert(.topK)
    }
    if let topP = options.topP {
      guard topP > 0 && topP <= 1 else {
        throw .outOfRange("top_p", topP, "above 0 and at most 1")
      }
      self.topP = topP
      self.given.insert(.topP)
    }
    if let minP = options.minP {
      guard 0 ... 1 ~= minP else { throw .outOfRange("min_p", minP, "from 0 to 1") }
      self.minP = minP
      self.given.insert(.minP)
    }
    try self.setPenalties(options)
    try self.setBiases(options.logitBias)
    self.ignoreEOS = options.ignoreEos
    guard 0 ... maxTokens ~= Int(options.minTokens) else {
      throw .outOfRange("min_tokens", options.minTokens, "from 0 to \(maxTokens), max_tokens")
    }
    self.minTokens = Int(options.minTokens)
    self.seed = options.seed
  }

  private mutating func setPenalties(
    _ options: TokenwireAPI.SamplingOptions
  ) throws(CallError) {
    if let repeatPenalty = options.repeatPenalty {
      guard repeatPenalty > 0 && repeatPenalty.isFinite else {
        throw .outOfRange("repeat_penalty", repeatPenalty, "above 0")
      }
      self.repeatPenalty = repeatPenalty
    }
    if let repeatLastN = options.repeatLastN {
      guard repeatLastN >= -1 else {
        throw .outOfRange("repeat_last_n", repeatLastN, "-1 or more")
      }
      self.repeatLastN = Int(repeatLastN)
    }
    if let presencePenalty = options.presencePenalty {
      guard -2 ... 2 ~= presencePenalty else {
        throw .outOfRange("presence_penalty", presencePenalty, "from -2 to 2")
      }
      self.presencePenalty = presencePenalty
    }
    if let frequencyPenalty = options.frequencyPenalty {
      guard -2 ... 2 ~= frequencyPenalty else {
        throw .outOfRange("frequency_penalty", frequencyPenalty, "from -2 to 2")
      }
      self.frequencyPenalty = frequencyPenalty
    }
  }
  private mutating func setBiases(_ biases: [LogitBias]) throws(CallError) {
    guard biases.count <= Self.maximumBiases else {
      throw .outOfRange("logit_bias", "\(biases.count) tokens", "at most \(Self.maximumBiases)")
    }
    for bias in biases {
      guard -100 ... 100 ~= bias.bias else {
        throw .outOfRange("logit_bias.bias", bias.bias, "from -100 to 100")
      }
      guard self.logitBias.updateValue(bias.bias, forKey: bias.tokenID) == nil else {
        throw CallError(.invalidArgument, "logit_bias has the token \(bias.tokenID) twice")
      }
    }
  }
}
