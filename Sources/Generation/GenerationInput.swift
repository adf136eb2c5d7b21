/// What a text starts from.
public enum GenerationInput: Sendable, Hashable {
  /// Text, taken as it is: what looks like a special token in it is plain text.
  case prompt(String)
  /// A conversation, formatted by the model's own chat template.
  case messages([ChatMessage])
  /// Tokens of the model's vocabulary, to which nothing is added.
  case tokens([Int32])
}

/// One turn of a conversation.
public struct ChatMessage: Sendable, Hashable {
  /// Who speaks: "system", "user" or "assistant".
  public var role: String
  public var content: String

  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}
