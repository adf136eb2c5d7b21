public import Identifiers

/// What a text starts from.
public enum GenerationInput: Sendable {
  /// Plain text: special tokens in it are not recognized.
  case prompt(String)
  /// A conversation, formatted with the model's chat template.
  case messages([ChatMessage])
  /// Tokens of the model's vocabulary, used unchanged.
  case tokens([Int32])
}

/// Texts are compared by their bytes.
extension GenerationInput: Hashable {
  /// Compares texts by their bytes.
  public static func == (left: GenerationInput, right: GenerationInput) -> Bool {
    switch (left, right) {
    case (.prompt(let prompt), .prompt(let other)): Identifier(prompt) == Identifier(other)
    case (.messages(let messages), .messages(let others)): messages == others
    case (.tokens(let tokens), .tokens(let others)): tokens == others
    default: false
    }
  }

  /// Hashes texts by their bytes.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .prompt(let prompt): hasher.combine(Identifier(prompt))
    case .messages(let messages): hasher.combine(messages)
    case .tokens(let tokens): hasher.combine(tokens)
    }
  }
}

/// One turn of a conversation.
public struct ChatMessage: Sendable, Hashable {
  /// Who speaks: "system", "user" or "assistant".
  @Bytewise public var role: String
  /// What is said.
  @Bytewise public var content: String

  /// Creates a turn of a conversation.
  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}
