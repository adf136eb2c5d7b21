internal import Generation
internal import Identifiers

/// Why a text ended, in the words of a server: each has its own.
enum ToldReason: Hashable {
  case ended(FinishReason)
  /// The server has given up, and the text is not whole.
  case failed
  case unknown
  /// The text has not ended.
  case none

  /// - Parameter name: the reason, in letters of any case.
  init(_ name: Identifier) {
    let name = name.lowercasedASCII
    switch name {
    // In each chunk before the last.
    case "", "null", "none", "unspecified", "finish_reason_unspecified": self = .none
    case "stop", "eos", "eos_token", "end", "end_turn", "pause_turn", "end_of_text", "complete",
      "completed", "finish", "finished", "done", "success", "normal":
      self = .ended(.stop)
    case "stop_sequence", "stop_string": self = .ended(.stopSequence)
    case "length", "max_tokens", "max_length", "max_new_tokens", "max_output_tokens",
      "max_completion_tokens", "model_length", "token_limit":
      self = .ended(.length)
    case "context_length", "model_context_window_exceeded": self = .ended(.contextLength)
    case "tool_calls", "tool_call", "tool_use", "function_call": self = .ended(.toolCalls)
    // Of OpenAI, Anthropic, Gemini, GLM and Bedrock.
    case "content_filter", "content_filtered", "refusal", "safety", "image_safety", "recitation",
      "blocklist", "blocked", "prohibited_content", "spii", "sensitive", "guardrail_intervened":
      self = .ended(.contentFilter)
    default:
      // Such as DeepSeek's "insufficient_system_resource" and Gemini's "malformed_function_call".
      let isFailure = Self.failures.contains { name.utf8.firstRange(of: $0.utf8) != nil }
      self = isFailure ? .failed : .unknown
    }
  }

  /// Why the text ended; nil when that is not known.
  var known: FinishReason? { if case .ended(let reason) = self { reason } else { nil } }

  /// What the names of failures have in them.
  private static let failures = [
    "abort", "cancel", "error", "exhausted", "fail", "insufficient", "interrupt", "malformed",
    "overload", "preempt", "timeout", "timed_out", "unavailable",
  ]
}

extension UpstreamFailure {
  /// A text whose end is none.
  ///
  /// - Parameter reason: why it ended, in the server's words.
  static func ended(with reason: Identifier, key: APIKey?) -> UpstreamFailure {
    let words = "the text ended with \"\(reason.text.shortened)\""
    return UpstreamFailure(reported: [], UpstreamWords(words: words, without: key))
  }
}
