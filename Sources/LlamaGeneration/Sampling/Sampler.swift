internal import Foundation
internal import Generation

/// Chooses the tokens of one generation, applying the options in the order of `SamplingOptions`.
///
/// A usual request costs one pass over the logits: penalties and biases touch only their own
/// tokens, and only the `topK` likeliest are sorted.
struct Sampler {
  private let options: SamplingOptions
  private var random: RandomSource
  /// Nil when no penalty applies.
  private var history: TokenHistory?
  /// The original values of changed logits, in the order of the changes.
  private var changes: [Candidate] = []

  /// - Parameters:
  ///   - prompt: its tokens count for penalties, too.
  ///   - contextLength: how far back penalties look when `repeatLastN` is -1.
  init(_ options: SamplingOptions, seed: UInt32, prompt: [Int32], contextLength: Int) {
    self.options = options
    self.random = RandomSource(seed: seed)
    let lastN = options.repeatLastN == -1 ? contextLength : options.repeatLastN
    let hasPenalties =
      options.repeatPenalty != 1 || options.frequencyPenalty != 0 || options.presencePenalty != 0
    if hasPenalties && lastN > 0 {
      self.history = TokenHistory(capacity: lastN, prompt: prompt)
    }
  }

  /// Chooses the next token.
  ///
  /// - Parameters:
  ///   - logits: one for each token of the vocabulary; unchanged afterwards.
  ///   - banned: tokens that must not be chosen.
  ///   - constraint: what the text must match. As in llama.cpp, the token is first chosen without
  ///     it, and again among the allowed tokens only if it does not fit.
  ///   - forced: the token that is chosen, whatever its probability.
  /// - Returns: nil when the text ends, because only banned tokens may follow.
  /// - Throws: `invalidRequest` when the constraint cannot be matched.
  mutating func sample(
    _ logits: UnsafeMutableBufferPointer<Float>,
    banning banned: [Int32],
    constraint: TokenConstraint? = nil,
    forced: Int32? = nil
  ) throws(GenerationError) -> Int32? {
    if let forced {
      self.history?.append(forced)
      return forced
    }
    self.change(logits, banning: banned)
    defer { self.restore(logits) }
    var token = self.choose(from: logits)
    if let constraint, try !constraint.allows(token) {
      guard let other = try self.choose(from: logits, allowedBy: constraint) else { return nil }
      token = other
    }
    self.history?.append(token)
    return token
  }

  private mutating func choose(
    from logits: UnsafeMutableBufferPointer<Float>,
    allowedBy constraint: TokenConstraint
  ) throws(GenerationError) -> Int32? {
    var allowed = Array(repeating: -Float.infinity, count: logits.count)
    try constraint.forEachAllowed { allowed[Int($0)] = logits[Int($0)] }
    let token = allowed.withUnsafeMutableBufferPointer { self.choose(from: $0) }
    if allowed[Int(token)] > -.infinity { return token }
    guard constraint.isSatisfied else { throw constraint.deadEnd }
    return nil
  }

  private mutating func change(
    _ logits: UnsafeMutableBufferPointer<Float>,
    banning banned: [Int32]
  ) {
    for (token, bias) in self.options.logitBias {
      self.set(logits[Int(token)] + bias, for: token, in: logits)
    }
    for (token, count) in self.history?.counts ?? [:] {
      let logit = logits[Int(token)]
      let repeated =
        logit > 0 ? logit / self.options.repeatPenalty : logit * self.options.repeatPenalty
      let penalty = Float(count) * self.options.frequencyPenalty + self.options.presencePenalty
      self.set(repeated - penalty, for: token, in: logits)
    }
    for token in banned { self.set(-.infinity, for: token, in: logits) }
  }

  private mutating func set(
    _ logit: Float,
    for token: Int32,
    in logits: UnsafeMutableBufferPointer<Float>
  ) {
    self.changes.append(Candidate(token: token, logit: logits[Int(token)]))
    logits[Int(token)] = logit
  }

  private mutating func restore(_ logits: UnsafeMutableBufferPointer<Float>) {
    for change in self.changes.reversed() { logits[Int(change.token)] = change.logit }
    self.changes.removeAll(keepingCapacity: true)
  }

  private mutating func choose(from logits: UnsafeMutableBufferPointer<Float>) -> Int32 {
    if self.options.temperature == 0 { return Int32(logits.indexOfMaximum) }
    let topK = self.options.topK
    if 1 ..< logits.count ~= topK {
      let likeliest = LikeliestTokens.sorted(topK, of: logits)
      return self.draw(from: likeliest[..<self.countOfNucleus(likeliest, total: nil)])
    }
    return self.chooseFromAll(logits)
  }

  /// Without `topK`. `topP` and `minP` usually still keep only a few tokens: searches the likeliest
  /// few, and more if that was not enough.
  private mutating func chooseFromAll(_ logits: UnsafeMutableBufferPointer<Float>) -> Int32 {
    let maximum = logits[logits.indexOfMaximum]
    if self.options.topP == 1 && self.options.minP == 0 {
      return self.drawFromAll(logits, maximum: maximum)
    }
    let total = logits.reduce(into: Float(0)) { $0 += exp($1 - maximum) }
    var count = 256
    while true {
      let likeliest = LikeliestTokens.sorted(min(count, logits.count), of: logits)
      let kept = self.countOfNucleus(likeliest, total: total)
      if kept < likeliest.count || likeliest.count == logits.count {
        return self.draw(from: likeliest[..<kept])
      }
      count *= 16
    }
  }

  /// How many of the likeliest tokens `topP` and `minP` keep.
  ///
  /// - Parameter total: the sum of exp(logit - first logit) over all tokens; nil when `likeliest`
  ///   has all tokens.
  private func countOfNucleus(_ likeliest: [Candidate], total: Float?) -> Int {
    guard let maximum = likeliest.first?.logit else { return 0 }
    let total = total ?? likeliest.reduce(into: 0) { $0 += exp($1.logit - maximum) }
    var sum: Float = 0
    for (index, candidate) in likeliest.enumerated() {
      let share = exp(candidate.logit - maximum)
      if share < self.options.minP || (self.options.topP < 1 && sum >= self.options.topP * total) {
        return index
      }
      sum += share
    }
    return likeliest.count
  }

  private mutating func draw(from kept: ArraySlice<Candidate>) -> Int32 {
    guard let maximum = kept.first?.logit else { return 0 }
    let temperature = self.options.temperature
    let weights = kept.map { exp(($0.logit - maximum) / temperature) }
    let index = self.random.index(in: weights)
    return kept[kept.startIndex + index].token
  }

  private mutating func drawFromAll(
    _ logits: UnsafeMutableBufferPointer<Float>,
    maximum: Float
  ) -> Int32 {
    let temperature = self.options.temperature
    return Int32(self.random.index(in: logits.map { exp(($0 - maximum) / temperature) }))
  }
}
