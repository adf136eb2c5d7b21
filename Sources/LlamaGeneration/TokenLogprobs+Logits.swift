internal import Foundation
internal import Generation

extension TokenLogprobs {
  /// What the logits say of a chosen token and of the `alternatives` likeliest ones.
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
      top: Self.likeliest(alternatives, in: logits).map { logprob(Int32($0)) }
    )
  }

  /// The indices of the largest logits, largest first.
  private static func likeliest(
    _ count: Int,
    in logits: UnsafeMutableBufferPointer<Float>
  ) -> [Int] {
    var best: [Int] = []
    guard count > 0 else { return best }
    for index in logits.indices {
      if best.count == count, let last = best.last, logits[index] <= logits[last] { continue }
      let position = best.firstIndex { logits[index] > logits[$0] } ?? best.count
      best.insert(index, at: position)
      if best.count > count { best.removeLast() }
    }
    return best
  }
}
