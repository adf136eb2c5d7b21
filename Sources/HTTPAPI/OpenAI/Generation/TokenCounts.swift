internal import NIOCore
internal import TokenwireAPI

/// The tokens of a request's calls.
struct TokenCounts: Sendable {
  private var calls: [Call]

  private struct Call {
    var prompt: Int32 = 0
    var cached: Int32 = 0
    /// Generated so far, of all texts.
    var generated: Int32 = 0
    /// Of the texts that have ended.
    var ended: Int32 = 0
    var reasoning: Int32 = 0
  }

  /// - Parameter calls: the number of calls.
  init(calls: Int) {
    self.calls = Array(repeating: Call(), count: calls)
  }

  /// Counts a response.
  mutating func count(_ response: GenerateResponse, of call: Int) {
    self.calls[call].generated = response.completionTokens
    switch response.event {
    case .started(let started):
      self.calls[call].prompt = started.promptTokens
      self.calls[call].cached = started.cachedTokens
    case .finished(let finished):
      guard let usage = finished.usage else { return }
      self.calls[call].prompt = usage.promptTokens
      // The other texts of a prompt find it in the cache because of the first.
      if finished.index == 0 { self.calls[call].cached = usage.cachedTokens }
      self.calls[call].ended += usage.completionTokens
      self.calls[call].reasoning += usage.reasoningTokens
    default: break
    }
  }

  /// A prompt counts once, whatever the number of its texts.
  var prompt: Int { self.calls.reduce(0) { $0 + Int($1.prompt) } }
  var cached: Int { self.calls.reduce(0) { $0 + Int($1.cached) } }
  /// Some generators count only at the end of a text.
  var completion: Int { self.calls.reduce(0) { $0 + Int(max($1.generated, $1.ended)) } }
  var reasoning: Int { self.calls.reduce(0) { $0 + Int($1.reasoning) } }

  /// Writes the `usage` of chat completions and completions.
  func write(to body: inout ByteBuffer) {
    let (prompt, completion) = (self.prompt, self.completion)
    body.writeStaticString(#"{"prompt_tokens":"#)
    body.writeJSON(prompt)
    body.writeStaticString(#","completion_tokens":"#)
    body.writeJSON(completion)
    body.writeStaticString(#","total_tokens":"#)
    body.writeJSON(prompt + completion)
    body.writeStaticString(#","prompt_tokens_details":{"cached_tokens":"#)
    body.writeJSON(self.cached)
    body.writeStaticString(#"},"completion_tokens_details":{"reasoning_tokens":"#)
    body.writeJSON(self.reasoning)
    body.writeStaticString("}}")
  }

  /// Their schema.
  static let schema = Schema.object(
    [
      ("prompt_tokens", .integer()), ("completion_tokens", .integer()),
      ("total_tokens", .integer()),
      ("prompt_tokens_details", .object([("cached_tokens", .integer())])),
      ("completion_tokens_details", .object([("reasoning_tokens", .integer())])),
    ],
    required: ["prompt_tokens", "completion_tokens", "total_tokens"]
  )
}
