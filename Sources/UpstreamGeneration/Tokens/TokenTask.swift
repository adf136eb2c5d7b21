internal import Generation
internal import Identifiers

/// What servers are asked of the tokens of a model.
enum TokenTask: Sendable {
  /// How many an input has.
  case count
  /// Which an input has.
  case list
  /// The text of some.
  case text

  /// Its name for callers.
  var name: String {
    switch self {
    case .count: "CountTokens"
    case .list: "return_tokens"
    case .text: "Detokenize"
    }
  }
}

/// How servers of a kind are asked for tokens.
enum TokenForm: Sendable {
  /// `/messages/count_tokens`, which tells a number alone
  /// (https://platform.claude.com/docs/en/api/messages/count_tokens).
  case anthropic
  /// `/tokenize` and `/detokenize` of vLLM, beside its API of OpenAI, for prompts and conversations.
  case vllm
  /// As vLLM has them, and the number alone where no more is asked for.
  case tokenwire
  /// `/tokenize` and `/detokenize` as SGLang has them: for prompts alone.
  case sglang
  /// `/tokenize`, `/detokenize` and `/apply-template` of llama-server, which ignores what it does not
  /// know: `/tokenize` tells no tokens for a conversation, and for vLLM's prompts.
  case llamaServer
}

extension UpstreamKind {
  private var tokenForm: TokenForm? {
    switch self {
    case .anthropic: .anthropic
    case .vllm, .compatible: .vllm
    case .tokenwire: .tokenwire
    case .sglang: .sglang
    case .llamaServer: .llamaServer
    case .openai, .azure, .ollama, .tgi: nil
    }
  }

  /// - Returns: nil for what its servers do not tell.
  func form(for task: TokenTask) -> TokenForm? {
    self == .anthropic && task != .count ? nil : self.tokenForm
  }
}

extension UpstreamModel {
  /// - Throws: `unsupported` for what no server of the kind tells.
  func form(for task: TokenTask) throws(GenerationError) -> TokenForm {
    guard let form = self.kind.form(for: task) else {
      throw .untold(
        task.name,
        by: self,
        "are of the kind \(self.kind.rawValue), which do not tell it"
      )
    }
    return form
  }
}

extension GenerationError {
  /// - Parameter reason: what is said of the model's servers.
  static func untold(
    _ what: String,
    by model: UpstreamModel,
    _ reason: String
  ) -> GenerationError {
    GenerationError(
      .unsupported,
      "The model \"\(model.id.text.shortened)\" does not know \(what): its servers \(reason)"
    )
  }
}
