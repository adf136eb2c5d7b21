internal import Foundation
internal import Generation

extension TokenLogprobs {
  /// Computes the logprobs of a chosen token and of the `alternatives` likeliest ones.
  init(
    of token: Int32,
    alternatives: Int,
    logits: UnsafeMutableBufferPointer<Float>,
    model: LlamaModel
  ) {
    let maximum = logits.max() ?? 0
    let sum = logits.reduce(into: 0.0) { $0 += exp(Double($1 - maximum)) }
    let normalizer = maximum + Float(log(sum))
    func logprob(_ token: Int32) -> Logprob {
      Logprob(
        tokenID: token,
        token: model.bytes(of: token),
        logprob: logits[Int(token)] - normalizer
      )
    }
    self.init(
      chosen: logprob(token),
      top: LikeliestTokens.sorted(alternatives, of: logits).map { logprob($0.token) }
    )
  }
}
