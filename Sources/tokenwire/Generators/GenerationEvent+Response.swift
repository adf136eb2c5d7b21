import Generation
import Identifiers
import NIOCore
import RPC
import TokenwireAPI

extension GenerationEvent {
  /// The event in this message; nil if there is none.
  init?(_ response: GenerateResponse) {
    switch response.event {
    case .started(let started):
      self = .started(
        GenerationStarted(
          model: Identifier(started.model),
          seed: started.seed,
          promptTokens: Int(started.promptTokens),
          cachedTokens: Int(started.cachedTokens),
          queueTime: .nanoseconds(started.queueTimeNano)
        )
      )
    case .delta(let delta):
      self = .delta(
        GenerationDelta(
          index: Int(delta.index),
          text: delta.text,
          tokenIDs: delta.tokenIDs,
          logprobs: delta.logprobs.map { Generation.TokenLogprobs($0) },
          reasoning: delta.reasoningText,
          toolCalls: delta.toolCalls.map { Generation.ToolCallDelta($0) }
        )
      )
    case .finished(let finished):
      self = .finished(GenerationFinished(finished))
    case .progress(let progress):
      self = .progress(
        PromptProgress(
          processed: Int(progress.processed),
          total: Int(progress.total),
          cached: Int(progress.cached)
        )
      )
    case .promptLogprobs(let stretch):
      self = .promptLogprobs(
        Generation.PromptLogprobs(
          offset: Int(stretch.offset),
          logprobs: stretch.logprobs.map { Generation.TokenLogprobs($0) }
        )
      )
    case nil:
      return nil
    }
  }
}

extension Generation.ToolCallDelta {
  fileprivate init(_ delta: TokenwireAPI.ToolCallDelta) {
    self.init(
      index: Int(delta.index),
      id: delta.id.isEmpty ? nil : Identifier(delta.id),
      name: delta.name.isEmpty ? nil : Identifier(delta.name),
      arguments: delta.arguments
    )
  }
}

extension GenerationFinished {
  fileprivate init(_ finished: Finished) {
    self.init(
      index: Int(finished.index),
      reason: Generation.FinishReason(finished.finishReason),
      matchedStop: finished.matchedStop.isEmpty ? nil : finished.matchedStop,
      isIncomplete: finished.incomplete,
      usage: TokenUsage(
        promptTokens: Int(finished.usage?.promptTokens ?? 0),
        completionTokens: Int(finished.usage?.completionTokens ?? 0),
        cachedTokens: Int(finished.usage?.cachedTokens ?? 0),
        reasoningTokens: Int(finished.usage?.reasoningTokens ?? 0)
      ),
      timings: GenerationTimings(
        queue: .nanoseconds(finished.timings?.queueNano ?? 0),
        prompt: .nanoseconds(finished.timings?.promptNano ?? 0),
        completion: .nanoseconds(finished.timings?.completionNano ?? 0)
      )
    )
  }
}

extension Generation.FinishReason {
  fileprivate init(_ reason: TokenwireAPI.FinishReason) {
    self =
      switch reason {
      case .stopSequence: .stopSequence
      case .length: .length
      case .contextLength: .contextLength
      case .cancelled: .cancelled
      case .toolCalls: .toolCalls
      case .contentFilter: .contentFilter
      default: .stop
      }
  }
}

extension Generation.TokenLogprobs {
  fileprivate init(_ logprobs: TokenwireAPI.TokenLogprobs) {
    self.init(
      chosen: Generation.Logprob(logprobs.chosen ?? TokenwireAPI.Logprob()),
      top: logprobs.top.map { Generation.Logprob($0) }
    )
  }
}

extension Generation.Logprob {
  fileprivate init(_ logprob: TokenwireAPI.Logprob) {
    self.init(
      tokenID: logprob.tokenID,
      token: Array(logprob.token.readableBytesView),
      logprob: logprob.logprob
    )
  }
}

extension GenerationError {
  /// The generator's error that became this one.
  init(_ error: CallError) {
    let code: Code =
      switch error.code {
      case .invalidArgument where error.reason == .contextLengthExceeded: .contextLengthExceeded
      case .invalidArgument: .invalidRequest
      case .notFound: .modelNotFound
      case .deadlineExceeded: .deadlineExceeded
      case .unavailable, .cancelled: .unavailable
      case .failedPrecondition: .failedPrecondition
      case .aborted: .aborted
      default: .internal
      }
    let message =
      error.code == .cancelled ? "The recorded caller has ended this text here" : error.message
    self.init(code, message)
  }
}
