import RPC

/// A failure that is reported in one sentence, with exit code 1.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension CommandFailure {
  /// The error of a call, with the flags that it is about, and when to call again.
  ///
  /// - Parameter hasToken: whether the command called with an access token.
  init(_ error: CallError, hasToken: Bool) {
    var text = "\(error.code): \(TLSAdvice.addingFlags(to: Self.namingFlags(error.message)))"
    if error.code == .unauthenticated && !hasToken {
      if text.utf8.last != UInt8(ascii: "!") { text += "." }
      text += " Give one with --token, or set \(Variable.token.rawValue)"
    }
    if let wait = error.retryAfter, wait > .zero {
      text += " (call again in \(Self.text(of: wait)))"
    }
    self.init(text)
  }

  /// The request fields that messages begin with, and the flags with similar names.
  private static let fields: [(field: String, flag: String)] =
    [
      "max_tokens", "temperature", "top_k", "top_p", "min_p", "repeat_penalty", "repeat_last_n",
      "presence_penalty", "frequency_penalty", "min_tokens", "logprobs", "stop", "json_schema",
      "grammar", "model", "search", "limit", "metadata", "idempotency_key", "prompt", "response",
      "reasoning_max_tokens", "reasoning_effort",
    ].map { ($0, "--" + $0.replacing("_", with: "-")) } + [
      ("n", "-n"), ("logit_bias.bias", "--logit-bias"), ("logit_bias", "--logit-bias"),
      ("user_id", "--user"), ("after_id", "--after"), ("tool_choice.mode", "--tool-choice"),
      ("tool_choice.name", "--tool-choice"),
    ]

  private static func namingFlags(_ message: String) -> String {
    guard
      let (field, flag) = self.fields.first(where: { field, _ in
        message.utf8.starts(with: (field + " ").utf8)
          || message.utf8.starts(with: (field + ":").utf8)
      })
    else { return message }
    return (flag + message.dropFirst(field.count))
      .replacing(", max_tokens", with: ", --max-tokens")
  }

  private static func text(of wait: Duration) -> String {
    // A server may say anything.
    let milliseconds = Int(min(max(wait / .milliseconds(1), 0), 1e15).rounded(.up))
    return milliseconds < 1000 ? "\(milliseconds) ms" : "\((milliseconds + 999) / 1000) s"
  }
}
