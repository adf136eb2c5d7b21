/// A kind of server.
public enum UpstreamKind: String, Sendable, Hashable, CaseIterable {
  case openai, azure, anthropic
  /// Any server of OpenAI's API: what all of them know is sent.
  case compatible = "openai-compatible"
  case vllm, sglang
  case llamaServer = "llama-server"
  case ollama, tgi, tokenwire

  /// What such a server does as it is asked. Others ignore what they do not know: that is refused
  /// here before it is sent.
  var features: Features {
    switch self {
    case .openai, .azure:
      [
        .penalties, .logitBias, .seed, .logprobs, .jsonSchema, .texts, .serialCalls, .toolChoice,
        .reasoningOff, .reasoningEffort,
      ]
    case .compatible:
      [.completions, .penalties, .logitBias, .seed, .logprobs, .toolChoice, .reasoningEffort]
    case .anthropic:
      [
        .topK, .continuation, .reasoningOff, .reasoningBudget, .reasoningEffort, .serialCalls,
        .toolChoice,
      ]
    case .vllm:
      [
        .completions, .tokens, .continuation, .topK, .minP, .repeatPenalty, .penalties, .logitBias,
        .ignoreEOS, .minTokens, .seed, .logprobs, .jsonSchema, .grammar, .texts, .reasoningOff,
        .reasoningEffort, .serialCalls, .toolChoice,
      ]
    case .sglang:
      [
        .completions, .tokens, .continuation, .topK, .minP, .repeatPenalty, .penalties, .logitBias,
        .ignoreEOS, .minTokens, .seed, .logprobs, .jsonSchema, .grammar, .texts, .reasoningOff,
        .reasoningEffort, .toolChoice,
      ]
    case .llamaServer:
      [
        .completions, .tokens, .continuation, .topK, .minP, .repeatPenalty, .repeatLastN,
        .penalties, .logitBias, .ignoreEOS, .seed, .logprobs, .jsonSchema, .grammar, .reasoningOff,
        .reasoningEffort, .serialCalls, .toolChoice,
      ]
    case .ollama:
      [
        .completions, .continuation, .penalties, .seed, .jsonSchema, .reasoningOff,
        .reasoningEffort,
      ]
    case .tgi: [.completions, .frequencyPenalty, .seed, .logprobs, .jsonSchema, .toolChoice]
    case .tokenwire:
      [
        .completions, .tokens, .continuation, .topK, .minP, .repeatPenalty, .repeatLastN,
        .penalties, .logitBias, .ignoreEOS, .minTokens, .seed, .logprobs, .jsonSchema, .grammar,
        .texts, .reasoningOff, .reasoningBudget, .reasoningEffort, .serialCalls, .toolChoice,
        .deterministic, .session,
      ]
    }
  }

  /// What a kind of server does as it is asked.
  struct Features: OptionSet {
    let rawValue: Int

    /// Continues a prompt without messages.
    static let completions = Features(rawValue: 1 << 0)
    /// Takes the tokens of a prompt.
    static let tokens = Features(rawValue: 1 << 1)
    /// Continues a last message of the assistant.
    static let continuation = Features(rawValue: 1 << 2)
    static let topK = Features(rawValue: 1 << 3)
    static let minP = Features(rawValue: 1 << 4)
    static let repeatPenalty = Features(rawValue: 1 << 5)
    static let repeatLastN = Features(rawValue: 1 << 6)
    /// Takes `presence_penalty` and `frequency_penalty`.
    static let penalties: Features = [.presencePenalty, .frequencyPenalty]
    static let presencePenalty = Features(rawValue: 1 << 7)
    static let frequencyPenalty = Features(rawValue: 1 << 21)
    static let logitBias = Features(rawValue: 1 << 8)
    static let ignoreEOS = Features(rawValue: 1 << 9)
    static let minTokens = Features(rawValue: 1 << 10)
    static let seed = Features(rawValue: 1 << 11)
    static let logprobs = Features(rawValue: 1 << 12)
    static let jsonSchema = Features(rawValue: 1 << 13)
    static let grammar = Features(rawValue: 1 << 14)
    /// Writes several texts for a prompt.
    static let texts = Features(rawValue: 1 << 15)
    static let reasoningOff = Features(rawValue: 1 << 16)
    static let reasoningBudget = Features(rawValue: 1 << 17)
    static let reasoningEffort = Features(rawValue: 1 << 23)
    /// Can be kept from several calls of tools in one answer.
    static let serialCalls = Features(rawValue: 1 << 18)
    static let deterministic = Features(rawValue: 1 << 19)
    /// Takes the name of a conversation.
    static let session = Features(rawValue: 1 << 20)
    /// Can be made to call a tool, or one of them.
    static let toolChoice = Features(rawValue: 1 << 22)
  }

  /// Whether a message may have the role "developer".
  var hasDeveloperRole: Bool { self == .openai || self == .azure }

  /// Whether each chunk can tell the tokens so far.
  var tellsUsageOfChunks: Bool { self == .vllm || self == .tokenwire }
}
