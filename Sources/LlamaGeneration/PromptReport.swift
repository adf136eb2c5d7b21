internal import Generation

/// Reports to a caller how far its prompt is computed, and the probabilities of the prompt's tokens.
/// The first of several texts does it for all.
///
/// It belongs to the decode thread.
final class PromptReport {
  private let request: LlamaRequest
  /// How many tokens at the beginning of the prompt have had their probabilities reported.
  private var reportedCount = 0
  private var progress: (processed: Int, time: ContinuousClock.Instant)?

  /// The most tokens in one event.
  private static let stretch = 64
  /// The shortest time between two reports of progress, except the last one: with that, at most ten
  /// fit into a second.
  private static let progressInterval = Duration.milliseconds(125)

  /// - Returns: nil when there is nothing to report.
  init?(_ request: LlamaRequest) {
    guard request.reportsPrompt, request.index == 0 else { return nil }
    self.request = request
  }

  private var prompt: [Int32] { self.request.prompt }

  /// How many alternatives are reported; nil when no probabilities are.
  private var alternatives: Int? { self.request.request.promptLogprobs }

  /// Whether probabilities are still to be reported.
  var logprobsAreMissing: Bool {
    self.alternatives != nil && self.reportedCount < self.prompt.count
  }

  /// How many tokens of the text may come from a cache, which has no probabilities; nil is all.
  var reusableCount: Int? {
    self.logprobsAreMissing ? max(0, self.reportedCount - 1) : nil
  }

  /// Whether the logits after the token at `position` give a probability to report.
  func wantsLogits(at position: Int) -> Bool {
    self.logprobsAreMissing && max(1, self.reportedCount) ..< self.prompt.count ~= position + 1
  }

  /// Reports what is known when all tokens before `position` are computed.
  ///
  /// - Parameters:
  ///   - cachedTokens: how many tokens of the prompt were cached when it began.
  ///   - logits: those after the token at a position for which `wantsLogits`.
  func advance(
    to position: Int,
    cachedTokens: Int,
    _ model: LlamaModel,
    logits: (_ position: Int) -> UnsafeMutableBufferPointer<Float>
  ) {
    guard !self.request.unfinished.promptIsReported else { return }
    if let alternatives, self.logprobsAreMissing {
      let end = min(position + 1, self.prompt.count)
      while self.reportedCount < end {
        let stretch = self.reportedCount ..< min(end, self.reportedCount + Self.stretch)
        let logprobs = stretch.map { index in
          index == 0
            ? TokenLogprobs(first: self.prompt[0], model)
            : TokenLogprobs(
              of: self.prompt[index],
              alternatives: alternatives,
              logits: logits(index - 1),
              model: model
            )
        }
        self.request.buffer.push(
          .promptLogprobs(PromptLogprobs(offset: stretch.lowerBound, logprobs: logprobs))
        )
        self.reportedCount = stretch.upperBound
      }
    }
    if self.request.request.reportsProgress { self.reportProgress(to: position, cachedTokens) }
    if position >= self.prompt.count { self.request.unfinished.reportedPrompt() }
  }

  private func reportProgress(to position: Int, _ cachedTokens: Int) {
    let total = self.prompt.count
    let now = ContinuousClock.now
    if let progress {
      let isDue = now - progress.time >= Self.progressInterval && position > progress.processed
      guard isDue || position == total else { return }
    } else if position == total {
      // The prompt took one step.
      return
    }
    self.progress = (position, now)
    self.request.buffer.push(
      .progress(PromptProgress(processed: position, total: total, cached: cachedTokens))
    )
  }
}

extension TokenLogprobs {
  /// The first token of a text, which has no probability.
  fileprivate init(first token: Int32, _ model: LlamaModel) {
    let logprob = Logprob(tokenID: token, token: model.bytes(of: token), logprob: 0)
    self.init(chosen: logprob, top: [])
  }
}
