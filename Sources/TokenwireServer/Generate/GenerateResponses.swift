internal import Generation
internal import NIOCore
internal import TokenwireAPI

/// Turns the events of one generation into the messages of its stream.
struct GenerateResponses {
  private let generationID: String
  private let userID: String
  private var seq: UInt64 = 0
  private var usage = TokenUsage(promptTokens: 0, completionTokens: 0, cachedTokens: 0)

  /// - Parameter userID: whose call it is; empty for callers without a token.
  init(generationID: String, userID: String) {
    self.generationID = generationID
    self.userID = userID
  }

  mutating func response(to event: GenerationEvent) -> GenerateResponse {
    switch event {
    case .started(let started):
      self.usage.promptTokens = started.promptTokens
      self.usage.cachedTokens = started.cachedTokens
      return self.next(
        .started(Started(started, generationID: self.generationID, userID: self.userID))
      )
    case .delta(let delta):
      self.usage.completionTokens += delta.tokenIDs.count
      return self.next(.delta(Delta(delta)))
    case .finished(let finished):
      return self.next(.finished(Finished(finished)))
    }
  }

  /// The last message of a generation that `Abort` ended.
  mutating func aborted() -> GenerateResponse {
    self.next(.finished(Finished(finishReason: .cancelled, usage: Usage(self.usage))))
  }

  private mutating func next(_ event: GenerateResponse.Event) -> GenerateResponse {
    defer { self.seq += 1 }
    return GenerateResponse(
      seq: self.seq,
      completionTokens: Int32(clamping: self.usage.completionTokens),
      event: event
    )
  }
}

extension Started {
  fileprivate init(_ started: GenerationStarted, generationID: String, userID: String) {
    self.init(
      generationID: generationID,
      model: started.model,
      seed: started.seed,
      promptTokens: Int32(clamping: started.promptTokens),
      cachedTokens: Int32(clamping: started.cachedTokens),
      userID: userID,
      queueTimeNano: started.queueTime.nanoseconds
    )
  }
}

extension Delta {
  fileprivate init(_ delta: GenerationDelta) {
    self.init(
      text: delta.text,
      tokenIDs: delta.tokenIDs,
      logprobs: delta.logprobs.map { TokenLogprobs($0) }
    )
  }
}

extension TokenwireAPI.TokenLogprobs {
  fileprivate init(_ logprobs: Generation.TokenLogprobs) {
    self.init(chosen: Logprob(logprobs.chosen), top: logprobs.top.map { Logprob($0) })
  }
}

extension TokenwireAPI.Logprob {
  fileprivate init(_ logprob: Generation.Logprob) {
    self.init(
      tokenID: logprob.tokenID,
      token: ByteBuffer(bytes: logprob.token),
      logprob: logprob.logprob
    )
  }
}

extension Finished {
  fileprivate init(_ finished: GenerationFinished) {
    self.init(
      finishReason: TokenwireAPI.FinishReason(finished.reason),
      matchedStop: finished.matchedStop ?? "",
      usage: Usage(finished.usage),
      timings: Timings(finished.timings),
      incomplete: finished.isIncomplete
    )
  }
}

extension TokenwireAPI.FinishReason {
  fileprivate init(_ reason: Generation.FinishReason) {
    self =
      switch reason {
      case .stop: .stop
      case .stopSequence: .stopSequence
      case .length: .length
      case .contextLength: .contextLength
      case .cancelled: .cancelled
      }
  }
}

extension Usage {
  fileprivate init(_ usage: TokenUsage) {
    self.init(
      promptTokens: Int32(clamping: usage.promptTokens),
      completionTokens: Int32(clamping: usage.completionTokens),
      cachedTokens: Int32(clamping: usage.cachedTokens)
    )
  }
}

extension Timings {
  fileprivate init(_ timings: GenerationTimings) {
    self.init(
      queueNano: timings.queue.nanoseconds,
      promptNano: timings.prompt.nanoseconds,
      completionNano: timings.completion.nanoseconds
    )
  }
}

extension Duration {
  /// Whole nanoseconds; more than 292 years are cut to that.
  fileprivate var nanoseconds: Int64 {
    let whole = self / Duration.nanoseconds(1)
    return Int64(exactly: whole.rounded(.down)) ?? .max
  }
}
