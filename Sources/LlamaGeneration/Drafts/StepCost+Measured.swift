extension StepCost {
  /// Measures steps of a context whose first slot is empty, and leaves it empty.
  ///
  /// While all steps have as many tokens, nobody can tell what more would cost; and no step has more
  /// as long as that seems dear.
  init(
    measuring context: LlamaContext,
    _ batch: Batch,
    threads: Int
  ) throws(LlamaContext.DecodeFailure) {
    let several = 4
    let one = try context.leastTime(ofTokens: 1, batch, threads: threads) / .milliseconds(1)
    let all = try context.leastTime(ofTokens: several, batch, threads: threads) / .milliseconds(1)
    let tokenTime = max((all - one) / Double(several - 1), one / 64)
    self.init(overhead: max(0, one / tokenTime - 1))
    self.record(tokens: 1, time: .milliseconds(one))
  }
}

extension LlamaContext {
  /// The time of a step of so many tokens: the least of several, because the first one takes longer,
  /// and others may be interrupted. Empties the first slot.
  func leastTime(
    ofTokens count: Int,
    _ batch: Batch,
    threads: Int
  ) throws(DecodeFailure) -> Duration {
    var least = Duration.seconds(3600)
    for _ in 0 ..< 4 {
      batch.clear()
      for place in 0 ..< count { batch.add(0, at: place, slot: 0, wantsLogits: true) }
      let begin = ContinuousClock.now
      try self.decode(batch, threads: threads)
      least = min(least, .now - begin)
      _ = self.truncate(slot: 0, to: 0)
    }
    return least
  }
}
