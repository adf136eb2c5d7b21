internal import RPC

extension CallError {
  /// Whether the prompt is longer than the model's context. Clients shorten a conversation then, which
  /// they tell by the words or the code of their API.
  var isAboutContext: Bool {
    let message = self.message.utf8
    return self.code == .invalidArgument && message.starts(with: "the prompt has ".utf8)
      && message.firstRange(of: ", but the context of the model holds ".utf8) != nil
  }
}
