package import Generation
package import RPC
package import TokenwireAPI

extension GenerationInput {
  /// - Throws: `invalidArgument` when the input is missing or invalid.
  package init(_ input: GenerateRequest.Input?) throws(CallError) {
    switch input {
    case .prompt(let prompt):
      self = .prompt(try prompt.required)
    case .messages(let messages):
      self = .conversation(try Conversation(messages))
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
