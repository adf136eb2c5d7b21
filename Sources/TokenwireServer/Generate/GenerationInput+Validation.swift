package import Generation
internal import Identifiers
package import RPC
package import TokenwireAPI

extension GenerationInput {
  /// - Throws: `invalidArgument` when the input is missing or invalid.
  package init(_ input: GenerateRequest.Input?) throws(CallError) {
    switch input {
    case .prompt(let prompt):
      self = .prompt(try prompt.required)
    case .messages(let messages):
      self = .messages(try messages.required)
    case .promptTokenIDs(let tokens) where !tokens.ids.isEmpty:
      self = .tokens(tokens.ids)
    case .promptTokenIDs, nil:
      throw .promptIsRequired
    }
  }

  /// - Throws: `invalidArgument` when the input is missing or invalid.
  init(_ input: CountTokensRequest.Input?) throws(CallError) {
    let same: GenerateRequest.Input? =
      switch input {
      case .prompt(let prompt): .prompt(prompt)
      case .messages(let messages): .messages(messages)
      case .promptTokenIDs(let tokens): .promptTokenIDs(tokens)
      case nil: nil
      }
    try self.init(same)
  }
}

extension String {
  fileprivate var required: String {
    get throws(CallError) {
      if self.isEmpty { throw .promptIsRequired }
      return self
    }
  }
}

extension ChatMessages {
  private static let roles: Set<Identifier> = ["system", "user", "assistant"]
  /// Limited because each message takes more memory than the two bytes that it can be sent as.
  private static let maximumMessages = 4096

  fileprivate var required: [Generation.ChatMessage] {
    get throws(CallError) {
      guard self.messages.contains(where: { !$0.content.isEmpty }) else {
        throw .promptIsRequired
      }
      guard self.messages.count <= Self.maximumMessages else {
        throw .outOfRange(
          "messages",
          "\(self.messages.count) messages",
          "at most \(Self.maximumMessages)"
        )
      }
      if let unknown = self.messages.first(where: { !Self.roles.contains(Identifier($0.role)) }) {
        throw .outOfRange(
          "messages.role",
          "\"\(unknown.role.shortened)\"",
          "\"system\", \"user\" or \"assistant\""
        )
      }
      return self.messages.map { Generation.ChatMessage(role: $0.role, content: $0.content) }
    }
  }
}
