import Foundation
import Generation
import Testing

@testable import LlamaGeneration

/// On logits that are made up, where it can be known what must come out.
@Suite struct SamplerTests {
  /// Tokens 0 to 4, whose probabilities are 0.4, 0.3, 0.2, 0.07 and 0.03.
  private static let logits = [0.4, 0.3, 0.2, 0.07, 0.03].map { Float(log($0)) }
  private static let all = SamplingOptions(temperature: 1, topK: 0, topP: 1, minP: 0)

  /// How often each token is chosen in so many draws of one sampler.
  private func counts(
    _ options: SamplingOptions,
    prompt: [Int32] = [],
    banning banned: [Int32] = [],
    draws: Int = 2_000
  ) -> [Int32: Int] {
    var sampler = Sampler(options, seed: 7, prompt: prompt, contextLength: 64)
    var logits = Self.logits
    return (0 ..< draws).reduce(into: [:]) { counts, _ in
      counts[self.next(&sampler, &logits, banning: banned), default: 0] += 1
    }
  }

  /// The next token; -1, which is none, when nothing may follow.
  private func next(
    _ sampler: inout Sampler,
    _ logits: inout [Float],
    banning banned: [Int32] = []
  ) -> Int32 {
    let token = logits.withUnsafeMutableBufferPointer { logits in
      try? sampler.sample(logits, banning: banned)
    }
    return token ?? -1
  }

  @Test func `without limits tokens come as often as they are likely`() {
    let counts = self.counts(Self.all, draws: 20_000)
    for (token, share) in [0.4, 0.3, 0.2, 0.07, 0.03].enumerated() {
      #expect(abs(Double(counts[Int32(token), default: 0]) / 20_000 - share) < 0.02)
    }
  }

  static let cuts: [(SamplingOptions, Set<Int32>)] = [
    (SamplingOptions(temperature: 0), [0]),
    (SamplingOptions(temperature: 1, topK: 1, topP: 1, minP: 0), [0]),
    (SamplingOptions(temperature: 1, topK: 3, topP: 1, minP: 0), [0, 1, 2]),
    (SamplingOptions(temperature: 1, topK: 9, topP: 1, minP: 0), [0, 1, 2, 3, 4]),
    // The token with which the sum reaches p stays.
    (SamplingOptions(temperature: 1, topK: 0, topP: 0.39, minP: 0), [0]),
    (SamplingOptions(temperature: 1, topK: 0, topP: 0.41, minP: 0), [0, 1]),
    (SamplingOptions(temperature: 1, topK: 0, topP: 0.95, minP: 0), [0, 1, 2, 3]),
    // Of the three that top_k keeps, the first has 0.44.
    (SamplingOptions(temperature: 1, topK: 3, topP: 0.43, minP: 0), [0]),
    (SamplingOptions(temperature: 1, topK: 0, topP: 1, minP: 0.4), [0, 1, 2]),
    (SamplingOptions(temperature: 1, topK: 4, topP: 1, minP: 0.1), [0, 1, 2, 3]),
    (SamplingOptions(temperature: 1, topK: 0, topP: 0.69, minP: 0.8), [0]),
    // Temperature comes last: it does not change what is kept.
    (SamplingOptions(temperature: 9, topK: 0, topP: 0.41, minP: 0), [0, 1]),
  ]

  @Test(arguments: cuts)
  func `a cut keeps the likeliest`(options: SamplingOptions, kept: Set<Int32>) {
    #expect(Set(self.counts(options).keys) == kept)
  }

  @Test func `temperature flattens and sharpens`() {
    let flat = self.counts(SamplingOptions(temperature: 50, topK: 0, topP: 1, minP: 0))
    let sharp = self.counts(SamplingOptions(temperature: 0.1, topK: 0, topP: 1, minP: 0))
    #expect(flat[4, default: 0] > 300)
    #expect(sharp[0, default: 0] > 1_800)
  }

  @Test func `a bias makes a token certain or impossible`() {
    var options = Self.all
    options.logitBias = [4: 100]
    #expect(Set(self.counts(options).keys) == [4])
    options.logitBias = [0: -100]
    #expect(Set(self.counts(options).keys) == [1, 2, 3, 4])
    options.temperature = 0
    #expect(Set(self.counts(options).keys) == [1])
  }

  @Test(arguments: [
    SamplingOptions(temperature: 0, repeatPenalty: 2),
    SamplingOptions(temperature: 0, presencePenalty: 1),
    SamplingOptions(temperature: 0, frequencyPenalty: 1),
  ])
  func `the tokens of the prompt are repeated when they come again`(options: SamplingOptions) {
    #expect(self.counts(options, draws: 1) == [0: 1])
    #expect(self.counts(options, prompt: [0], draws: 1) == [1: 1])
    var short = options
    short.repeatLastN = 1
    #expect(self.counts(short, prompt: [0, 1], draws: 1) == [0: 1])
    short.repeatLastN = 0
    #expect(self.counts(short, prompt: [0], draws: 1) == [0: 1])
    short.repeatLastN = -1
    #expect(self.counts(short, prompt: [0, 3, 3], draws: 1) == [1: 1])
  }

  @Test func `frequency counts each repetition, presence one`() {
    // 0.5 once leaves token 0 (ln 0.4 = -0.92) behind token 1 (-1.2); twice 0.1 does not.
    let frequency = SamplingOptions(temperature: 0, frequencyPenalty: 0.1)
    #expect(self.counts(frequency, prompt: [0, 0], draws: 1) == [0: 1])
    #expect(self.counts(frequency, prompt: [0, 0, 0], draws: 1) == [1: 1])
    let presence = SamplingOptions(temperature: 0, presencePenalty: 0.1)
    #expect(self.counts(presence, prompt: [0, 0, 0], draws: 1) == [0: 1])
  }

  @Test func `a text repeats its own tokens, too, and forgets them after a while`() {
    var sampler = Sampler(
      SamplingOptions(temperature: 0, repeatLastN: 2, presencePenalty: 2),
      seed: 0,
      prompt: [],
      contextLength: 64
    )
    var logits = Self.logits
    let tokens = (0 ..< 7).map { _ in
      self.next(&sampler, &logits)
    }
    #expect(tokens == [0, 1, 2, 0, 1, 2, 0])
  }

  @Test func `what is banned is not chosen, and the logits stay as they were`() {
    var options = Self.all
    options.logitBias = [0: 5]
    options.repeatPenalty = 1.5
    #expect(Set(self.counts(options, banning: [0, 2]).keys) == [1, 3, 4])
    var sampler = Sampler(options, seed: 1, prompt: [0, 1], contextLength: 64)
    var logits = Self.logits
    _ = self.next(&sampler, &logits, banning: [0])
    #expect(logits == Self.logits)
  }

  @Test func `the same seed gives the same tokens`() {
    func tokens(seed: UInt32) -> [Int32] {
      var sampler = Sampler(Self.all, seed: seed, prompt: [], contextLength: 64)
      var logits = Self.logits
      return (0 ..< 50).map { _ in
        self.next(&sampler, &logits)
      }
    }
    #expect(tokens(seed: 1) == tokens(seed: 1))
    #expect(tokens(seed: 1) != tokens(seed: 2))
  }

  /// Flat enough that the nucleus is larger than the first look.
  @Test func `a nucleus of many tokens is found whole`() {
    var logits = (0 ..< 1_000).map { Float($0 % 10) * 0.01 }
    var sampler = Sampler(
      SamplingOptions(temperature: 1, topK: 0, topP: 0.9, minP: 0),
      seed: 3,
      prompt: [],
      contextLength: 64
    )
    let chosen = Set(
      (0 ..< 3_000).map { _ in
        self.next(&sampler, &logits)
      }
    )
    #expect(chosen.count > 700)
    #expect(!chosen.contains(990), "one of the hundred least likely")
  }
}
