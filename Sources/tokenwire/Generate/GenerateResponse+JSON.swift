import Foundation
import NIOCore
import TokenwireAPI

extension GenerateResponse {
  /// The message as one line of JSON, with the names of the fields in the proto.
  var json: String {
    ResponseLine(self).jsonLine
  }
}

private struct ResponseLine: Encodable {
  var seq: UInt64
  var completionTokens: Int32
  var started: StartedLine?
  var delta: DeltaLine?
  var finished: FinishedLine?

  init(_ response: GenerateResponse) {
    self.seq = response.seq
    self.completionTokens = response.completionTokens
    switch response.event {
    case .started(let started): self.started = StartedLine(started)
    case .delta(let delta): self.delta = DeltaLine(delta)
    case .finished(let finished): self.finished = FinishedLine(finished)
    case nil: break
    }
  }
}

private struct StartedLine: Encodable {
  var generationId: String
  var model: String
  var seed: UInt32
  var promptTokens: Int32
  var cachedTokens: Int32
  var userId: String?
  var queueTimeNano: Int64

  init(_ started: Started) {
    self.generationId = started.generationID
    self.model = started.model
    self.seed = started.seed
    self.promptTokens = started.promptTokens
    self.cachedTokens = started.cachedTokens
    self.userId = started.userID.isEmpty ? nil : started.userID
    self.queueTimeNano = started.queueTimeNano
  }
}

private struct DeltaLine: Encodable {
  var text: String
  var tokenIds: [Int32]
  var logprobs: [TokenLogprobsLine]?
  var index: Int32

  init(_ delta: Delta) {
    self.text = delta.text
    self.tokenIds = delta.tokenIDs
    self.logprobs = delta.logprobs.isEmpty ? nil : delta.logprobs.map { TokenLogprobsLine($0) }
    self.index = delta.index
  }
}

private struct TokenLogprobsLine: Encodable {
  var chosen: LogprobLine?
  var top: [LogprobLine]

  init(_ logprobs: TokenLogprobs) {
    self.chosen = logprobs.chosen.map { LogprobLine($0) }
    self.top = logprobs.top.map { LogprobLine($0) }
  }
}

private struct LogprobLine: Encodable {
  var tokenId: Int32
  /// Bytes that are no whole characters are shown as U+FFFD.
  var token: String
  var logprob: Float

  init(_ logprob: Logprob) {
    self.tokenId = logprob.tokenID
    self.token = String(buffer: logprob.token)
    self.logprob = logprob.logprob
  }
}

private struct FinishedLine: Encodable {
  var finishReason: String
  var matchedStop: String?
  var incomplete: Bool?
  var usage: UsageLine?
  var timings: TimingsLine?
  var index: Int32

  init(_ finished: Finished) {
    self.finishReason = finished.finishReason.name
    self.matchedStop = finished.matchedStop.isEmpty ? nil : finished.matchedStop
    self.incomplete = finished.incomplete ? true : nil
    self.usage = finished.usage.map { UsageLine($0) }
    self.timings = finished.timings.map { TimingsLine($0) }
    self.index = finished.index
  }
}

private struct UsageLine: Encodable {
  var promptTokens: Int32
  var completionTokens: Int32
  var cachedTokens: Int32

  init(_ usage: Usage) {
    self.promptTokens = usage.promptTokens
    self.completionTokens = usage.completionTokens
    self.cachedTokens = usage.cachedTokens
  }
}

private struct TimingsLine: Encodable {
  var queueNano: Int64
  var promptNano: Int64
  var completionNano: Int64

  init(_ timings: Timings) {
    self.queueNano = timings.queueNano
    self.promptNano = timings.promptNano
    self.completionNano = timings.completionNano
  }
}
