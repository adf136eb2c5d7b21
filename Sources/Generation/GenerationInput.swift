internal import Identifiers

/// What a text starts from.
public enum GenerationInput: Sendable {
  /// Plain text: special tokens in it are not recognized.
  case prompt(String)
  /// A conversation, formatted with the model's chat template.
  case conversation(Conversation)
  /// Tokens of the model's vocabulary, used unchanged.
  case tokens([Int32])
}

/// Texts are compared by their bytes.
extension GenerationInput: Hashable {
  /// Compares texts by their bytes.
  public static func == (left: GenerationInput, right: GenerationInput) -> Bool {
    switch (left, right) {
    case (.prompt(let prompt), .prompt(let other)): Identifier(prompt) == Identifier(other)
    case (.conversation(let conversation), .conversation(let other)): conversation == other
    case (.tokens(let tokens), .tokens(let others)): tokens == others
    default: false
    }
  }

  /// Hashes texts by their bytes.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .prompt(let prompt): hasher.combine(Identifier(prompt))
    case .conversation(let conversation): hasher.combine(conversation)
    case .tokens(let tokens): hasher.combine(tokens)
    }
  }
}
