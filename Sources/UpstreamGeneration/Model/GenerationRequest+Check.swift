internal import Generation
internal import Identifiers

extension GenerationRequest {
  /// Whether the request begins with a prompt to be continued, in place of messages.
  func isCompletion(of model: UpstreamModel) -> Bool {
    switch self.input {
    case .prompt: model.promptForm == .completion
    case .conversation: false
    case .tokens: true
    }
  }

  /// What the first delta has when the request asks for an echo; nil when that is not known here.
  var echoedText: String? {
    if case .prompt(let prompt) = self.input { prompt } else { nil }
  }

  /// - Throws: `unsupported` with the field that the servers of the model would ignore.
  func check(for model: UpstreamModel) throws(GenerationError) {
    let missing = self.demands(of: model).first { !model.kind.features.contains($0.feature) }
    if let missing { throw .unsupported(missing.field, by: model) }
    if self.maxTokens == 0 { throw .unsupported("max_tokens 0", by: model) }
    if self.promptLogprobs != nil { throw .unsupported("prompt_logprobs", by: model) }
    if self.echo, self.echoedText == nil {
      throw .unsupported("echo of anything but prompt", by: model)
    }
    if self.isCompletion(of: model), self.constraint != nil, model.kind != .tokenwire,
      model.kind != .llamaServer
    {
      throw .unsupported("\(self.constraint?.field ?? "") without messages", by: model)
    }
  }

  private typealias Demand = (feature: UpstreamKind.Features, field: String)

  private func demands(of model: UpstreamModel) -> [Demand] {
    var demands: [Demand] = []
    func add(_ isDemanded: Bool, _ feature: UpstreamKind.Features, _ field: String) {
      if isDemanded { demands.append((feature, field)) }
    }
    let sampling = self.sampling
    // Values that change nothing are not sent.
    add(sampling.given.contains(.topK) && sampling.topK > 0, .topK, "top_k")
    add(sampling.given.contains(.minP) && sampling.minP > 0, .minP, "min_p")
    add(sampling.repeatPenalty != 1, .repeatPenalty, "repeat_penalty")
    add(sampling.repeatPenalty != 1 && sampling.repeatLastN != 64, .repeatLastN, "repeat_last_n")
    add(sampling.presencePenalty != 0, .penalties, "presence_penalty")
    add(sampling.frequencyPenalty != 0, .penalties, "frequency_penalty")
    add(!sampling.logitBias.isEmpty, .logitBias, "logit_bias")
    add(sampling.ignoreEOS, .ignoreEOS, "ignore_eos")
    add(sampling.minTokens > 0, .minTokens, "min_tokens")
    add(sampling.seed != nil, .seed, "seed")
    add(self.logprobs != nil, .logprobs, "logprobs")
    add(self.n > 1, .texts, "n")
    add(self.deterministic, .deterministic, "deterministic")
    switch self.constraint {
    case .jsonSchema: add(true, .jsonSchema, "json_schema")
    case .grammar: add(true, .grammar, "grammar")
    case nil: break
    }
    switch self.input {
    case .prompt: break
    case .tokens: add(true, .tokens, "prompt_token_ids")
    case .conversation(let conversation):
      let isContinued = conversation.messages.last?.role == .assistant
      add(isContinued, .continuation, "a last message of the role \"assistant\"")
      add(!conversation.reasons, .reasoningOff, "reasoning off")
      let budget = conversation.reasons ? conversation.maximumReasoningTokens : nil
      add(budget != nil, .reasoningBudget, "reasoning_max_tokens")
      let isSerial = !conversation.allowsParallelToolCalls && !conversation.tools.isEmpty
      add(isSerial, .serialCalls, "parallel_tool_calls false")
    }
    return demands
  }
}

extension GenerationError {
  static func unsupported(_ field: String, by model: UpstreamModel) -> GenerationError {
    GenerationError(
      .unsupported,
      "The model \"\(model.id.text.shortened)\" does not know \(field): its servers are of the kind "
        + "\(model.kind.rawValue), which would ignore it"
    )
  }
}
