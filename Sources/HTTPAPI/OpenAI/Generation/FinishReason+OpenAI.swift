internal import TokenwireAPI

extension FinishReason {
  /// The reason in OpenAI's words.
  ///
  /// A text that `Abort` ended has "length", which is the only word that tells clients that the text is
  /// not whole: they neither parse it nor take it for the model's answer.
  var openAI: StaticString {
    switch self {
    case .stop, .stopSequence: "stop"
    case .toolCalls: "tool_calls"
    case .contentFilter: "content_filter"
    default: "length"
    }
  }
}
