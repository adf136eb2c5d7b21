internal import Generation
internal import Identifiers

/// What a server is sent for the tokens of an input.
enum TokenQuestion: Sendable {
  case one(UpstreamRequest)
  /// Its answer, a text, is sent to be split into tokens.
  case templateFirst(UpstreamRequest)

  /// - Throws: `unsupported` for what servers of the form do not count, `invalidRequest` for what cannot be
  ///   put into their words.
  init(
    _ input: GenerationInput,
    _ task: TokenTask,
    _ form: TokenForm,
    of model: UpstreamModel,
    _ quirks: UpstreamQuirks
  ) throws(GenerationError) {
    var prompt: String?
    if case .prompt(let text) = input, model.promptForm == .completion { prompt = text }
    switch (form, prompt) {
    case (.anthropic, _):
      self = .one(try UpstreamRequest(countingAsAnthropic: input, of: model, quirks))
    case (.vllm, let prompt?), (.tokenwire, let prompt?), (.sglang, let prompt?):
      self = .one(UpstreamRequest(tokenizing: prompt, task, of: model))
    case (.vllm, nil), (.tokenwire, nil):
      self = .one(try UpstreamRequest(tokenizingMessages: input, task, of: model))
    case (.sglang, nil):
      throw .untold(
        "\(task.name) of messages",
        by: model,
        "are of the kind sglang, which tell the tokens of a prompt alone"
      )
    case (.llamaServer, let prompt?):
      self = .one(UpstreamRequest(tokenizingContent: prompt, of: model))
    case (.llamaServer, nil):
      self = .templateFirst(try UpstreamRequest(applyingTemplateTo: input, of: model))
    }
  }
}
