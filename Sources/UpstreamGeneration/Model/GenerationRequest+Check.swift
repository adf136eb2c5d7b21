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

  /// The limit of tokens that the servers are sent; nil leaves it to them. They refuse more than their
  /// context has left, so a text that may fill it has none.
  func limit(for model: UpstreamModel) -> Int? {
    self.fillsContext ? model.defaults.maxTokens : self.maxTokens
  }

  /// What the first delta has when the request asks for an echo; nil when that is not known here.
  var echoedText: String? {
    if case .prompt(let prompt) = self.input { prompt } else { nil }
  }

  /// - Throws: `unsupported` with the field that the servers of the model would ignore.
  func check(for model: UpstreamModel) throws(GenerationError) {
    let missing = self.demands(of: model).first { !model.kind.features.contains($0.feature) }
    if let missing { throw .unsupported(missing.field, by: model) }
    // It would end after 16 tokens, and has no word for all.
    if model.kind == .sglang, self.isCompletion(of: model), self.limit(for: model) == nil {
      throw .unsupported("a prompt without max_tokens", by: model)
    }
    if self.maxTokens == 0 { throw .unsupported("max_tokens 0", by: model) }
    if self.promptLogprobs != nil { throw .unsupported("prompt_logprobs", by: model) }
    if self.echo, self.echoedText == nil {
      throw .unsupported("echo of anything but prompt", by: model)
    }
    // Of prompts it has only that of the chosen token, in another form.
    if model.kind == .tgi, self.isCompletion(of: model), self.logprobs != nil {
      throw .unsupported("logprobs without messages", by: model)
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
    let reach = sampling.repeatLastN
    add(
      sampling.penalizes && reach != SamplingOptions().repeatLastN,
      .repeatLastN,
      "repeat_last_n"
    )
    add(sampling.presencePenalty != 0, .presencePenalty, "presence_penalty")
    add(sampling.frequencyPenalty != 0, .frequencyPenalty, "frequency_penalty")
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
      add(conversation.reasoningEffort != nil, .reasoningEffort, "reasoning_effort")
      let isSerial = !conversation.allowsParallelToolCalls && !conversation.tools.isEmpty
      add(isSerial, .serialCalls, "parallel_tool_calls false")
      add(conversation.demandsCall, .toolChoice, "tool_choice but auto and none")
    }
    return demands
  }
}

extension Conversation {
  /// Whether the text must have a call of a tool.
  fileprivate var demandsCall: Bool {
    switch self.toolChoice {
    case .required, .named: true
    case .auto, .none: false
    }
  }
}

extension SamplingOptions {
  /// Whether tokens are less likely when they were there before.
  var penalizes: Bool {
    self.repeatPenalty != 1 || self.presencePenalty != 0 || self.frequencyPenalty != 0
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
