internal import JSON
internal import TokenwireAPI

/// The tokens of a message, as Anthropic counts them: those of the prompt that were cached are not
/// among `input_tokens`.
struct MessageUsage: Sendable {
  var promptTokens: Int32 = 0
  var cachedTokens: Int32 = 0
  var completionTokens: Int32 = 0

  /// What is known at the beginning.
  init(_ started: Started) {
    self.promptTokens = started.promptTokens
    self.cachedTokens = started.cachedTokens
  }

  init(_ usage: Usage) {
    self.promptTokens = usage.promptTokens
    self.cachedTokens = usage.cachedTokens
    self.completionTokens = usage.completionTokens
  }

  /// Writes the member `usage`.
  func write(to json: inout JSONWriter) {
    json.begin("usage")
    json.beginObject()
    json.member("input_tokens", max(0, self.promptTokens - self.cachedTokens))
    json.member("cache_creation_input_tokens", 0)
    json.member("cache_read_input_tokens", self.cachedTokens)
    json.member("output_tokens", self.completionTokens)
    json.end()
  }
}

extension Finished {
  /// Writes `stop_reason` and `stop_sequence`.
  func writeStop(to json: inout JSONWriter) {
    json.member("stop_reason", self.anthropicReason)
    json.begin("stop_sequence")
    if self.finishReason == .stopSequence {
      json.string(self.matchedStop)
    } else {
      json.literal("null")
    }
  }

  private var anthropicReason: String {
    switch self.finishReason {
    case .stopSequence: "stop_sequence"
    case .length: "max_tokens"
    case .contextLength: "model_context_window_exceeded"
    case .toolCalls: "tool_use"
    case .contentFilter: "refusal"
    default: "end_turn"
    }
  }
}
