internal import Generation
internal import Identifiers
internal import JSON

/// The body of a request for `/chat/completions`
/// (https://platform.openai.com/docs/api-reference/chat/create).
struct OpenAIChatBody {
  let bytes: [UInt8]

  /// - Throws: `invalidRequest` for a schema that is not JSON.
  init(
    _ request: GenerationRequest,
    of model: UpstreamModel,
    _ quirks: UpstreamQuirks
  ) throws(GenerationError) {
    var json = JSONWriter(capacity: 4096)
    try Self.writeConversation(request.input, of: model, to: &json)
    if let limit = request.limit(for: model) { json.member(quirks.lengthField.rawValue, limit) }
    request.writeOptions(of: model, quirks, to: &json)
    if let count = request.logprobs {
      json.member("logprobs", true)
      json.member("top_logprobs", model.kind.alternatives(count))
    }
    try request.writeConstraint(model.kind, to: &json)
    json.end()
    self.bytes = json.bytes
  }

  /// Writes the model, and what the tokens of a prompt depend on.
  static func writeConversation(
    _ input: GenerationInput,
    of model: UpstreamModel,
    to json: inout JSONWriter
  ) throws(GenerationError) {
    json.member("model", model.name)
    json.begin("messages")
    json.beginArray()
    switch input {
    case .prompt(let prompt):
      json.beginElement()
      Self.write(ChatMessage(role: .user, content: prompt), model.kind, to: &json)
      json.endArray()
    case .conversation(let conversation):
      for message in conversation.messages {
        json.beginElement()
        Self.write(message, model.kind, to: &json)
      }
      json.endArray()
      try Self.writeTools(of: conversation, model.kind, to: &json)
      Self.writeThinking(conversation, model.kind, to: &json)
      // llama-server continues it by itself, too, but then repeats it in its answer.
      if conversation.messages.last?.role == .assistant,
        [.vllm, .sglang, .llamaServer].contains(model.kind)
      {
        json.member("continue_final_message", true)
        json.member("add_generation_prompt", false)
      }
    case .tokens: json.endArray()
    }
  }

  private static func write(_ message: ChatMessage, _ kind: UpstreamKind, to json: inout JSONWriter)
  {
    json.beginObject()
    let role = message.role == .developer && !kind.hasDeveloperRole ? .system : message.role
    json.member("role", role.rawValue)
    if message.content.isEmpty && !message.toolCalls.isEmpty {
      json.begin("content")
      json.literal("null")
    } else {
      json.member("content", message.content)
    }
    if !message.reasoning.isEmpty, kind.takesThoughts {
      json.member("reasoning_content", message.reasoning)
      // What newer versions read.
      if kind == .vllm { json.member("reasoning", message.reasoning) }
    }
    if let id = message.toolCallID { json.member("tool_call_id", id.text) }
    if !message.toolCalls.isEmpty {
      json.begin("tool_calls")
      json.beginArray()
      for call in message.toolCalls {
        json.beginElement()
        json.beginObject()
        json.member("id", call.id.text)
        json.member("type", "function")
        json.begin("function")
        json.beginObject()
        json.member("name", call.name.text)
        json.member("arguments", call.arguments)
        json.end()
        json.end()
      }
      json.endArray()
    }
    json.end()
  }

  private static func writeTools(
    of conversation: Conversation,
    _ kind: UpstreamKind,
    to json: inout JSONWriter
  ) throws(GenerationError) {
    var choice = conversation.toolChoice
    var tools = Array(conversation.tools.enumerated())
    switch choice {
    case .none where kind == .ollama: return
    case .named(let name) where kind == .llamaServer:
      // It takes the name for "auto".
      tools.removeAll { $0.element.name != name }
      choice = .required
    default: break
    }
    if tools.isEmpty { return }
    json.begin("tools")
    json.beginArray()
    for (index, tool) in tools {
      json.beginElement()
      json.beginObject()
      json.member("type", "function")
      json.begin("function")
      json.beginObject()
      json.member("name", tool.name.text)
      if !tool.description.isEmpty { json.member("description", tool.description) }
      json.begin("parameters")
      json.value(try tool.schema(at: index))
      if tool.isStrict { json.member("strict", true) }
      json.end()
      json.end()
    }
    json.endArray()
    switch choice {
    case .auto: break
    case .none: json.member("tool_choice", "none")
    case .required: json.member("tool_choice", "required")
    case .named(let name):
      json.begin("tool_choice")
      json.beginObject()
      json.member("type", "function")
      json.begin("function")
      json.beginObject()
      json.member("name", name.text)
      json.end()
      json.end()
    }
    if !conversation.allowsParallelToolCalls {
      json.member("parallel_tool_calls", false)
    }
  }

  private static func writeThinking(
    _ conversation: Conversation,
    _ kind: UpstreamKind,
    to json: inout JSONWriter
  ) {
    let effort = conversation.reasoningEffort?.rawValue
    switch kind {
    case .openai, .azure, .ollama:
      if !conversation.reasons {
        json.member("reasoning_effort", "none")
      } else if let effort {
        json.member("reasoning_effort", effort)
      }
    case .vllm, .sglang, .llamaServer, .tokenwire:
      let isTemplates = kind == .llamaServer
      Self.writeTemplateOptions(conversation.reasoning, isTemplates ? effort : nil, to: &json)
      if let effort, !isTemplates, conversation.reasons { json.member("reasoning_effort", effort) }
      if kind == .tokenwire, conversation.reasons, let most = conversation.maximumReasoningTokens {
        json.member("reasoning_max_tokens", most)
      }
    case .compatible:
      if let effort { json.member("reasoning_effort", effort) }
    case .tgi, .anthropic: break
    }
  }

  /// - Parameter effort: for servers that leave it to the template.
  private static func writeTemplateOptions(
    _ reasoning: Reasoning,
    _ effort: String?,
    to json: inout JSONWriter
  ) {
    if reasoning == .auto, effort == nil { return }
    json.begin("chat_template_kwargs")
    json.beginObject()
    if reasoning != .auto {
      // Templates have one of these names.
      json.member("enable_thinking", reasoning == .on)
      json.member("thinking", reasoning == .on)
    }
    if let effort { json.member("reasoning_effort", effort) }
    json.end()
  }
}

/// The body of a request for `/completions`
/// (https://platform.openai.com/docs/api-reference/completions/create).
struct OpenAICompletionBody {
  let bytes: [UInt8]

  /// - Throws: `invalidRequest` for a schema that is not JSON.
  init(
    _ request: GenerationRequest,
    of model: UpstreamModel,
    _ quirks: UpstreamQuirks
  ) throws(GenerationError) {
    var json = JSONWriter(capacity: 4096)
    json.member("model", model.name)
    json.begin("prompt")
    switch request.input {
    case .prompt(let prompt): json.string(prompt)
    case .tokens(let tokens): json.array(tokens)
    case .conversation: json.string("")
    }
    Self.write(request.limit(for: model), model.kind, to: &json)
    request.writeOptions(of: model, quirks, to: &json)
    if let count = request.logprobs { json.member("logprobs", model.kind.alternatives(count)) }
    switch request.constraint {
    case .grammar(let grammar): json.member("grammar", grammar)
    case .jsonSchema(let schema):
      json.begin("json_schema")
      json.value(try JSONValue(schema: schema, "json_schema"))
    case nil: break
    }
    json.end()
    self.bytes = json.bytes
  }

  /// Unlike that of a chat, a text without a limit ends after 16 tokens: there is a word for all of them.
  private static func write(_ limit: Int?, _ kind: UpstreamKind, to json: inout JSONWriter) {
    if let limit { return json.member("max_tokens", limit) }
    switch kind {
    case .llamaServer, .ollama, .tokenwire: json.member("max_tokens", -1)
    case .tgi: break
    default:
      json.begin("max_tokens")
      json.literal("null")
    }
  }
}

extension GenerationRequest {
  /// Writes what chats and completions have in common.
  fileprivate func writeOptions(
    of model: UpstreamModel,
    _ quirks: UpstreamQuirks,
    to json: inout JSONWriter
  ) {
    json.member("stream", true)
    if quirks.takesStreamOptions {
      json.begin("stream_options")
      json.beginObject()
      json.member("include_usage", true)
      if model.kind.tellsUsageOfChunks {
        json.member("continuous_usage_stats", true)
      }
      json.end()
    }
    if !self.stop.isEmpty { json.member("stop", self.stop) }
    if self.n > 1 { json.member("n", self.n) }
    self.writeSampling(of: model, to: &json)
    if self.deterministic {
      json.member("deterministic", true)
    }
    if model.kind.features.contains(.session), !self.sessionID.isEmpty {
      json.member("session_id", self.sessionID.text)
    }
  }

  private func writeSampling(of model: UpstreamModel, to json: inout JSONWriter) {
    let choice = SamplingChoice(self.sampling, model)
    func number(_ name: String, _ value: Float?) {
      guard let value else { return }
      json.begin(name)
      json.literal("\(value)")
    }
    number("temperature", choice.temperature)
    number("top_p", choice.topP)
    if let topK = choice.topK { json.member("top_k", topK) }
    number("min_p", choice.minP)
    if sampling.repeatPenalty != 1 {
      number(model.kind.repeatPenaltyField, sampling.repeatPenalty)
    }
    if sampling.penalizes, sampling.repeatLastN != SamplingOptions().repeatLastN {
      json.member("repeat_last_n", sampling.repeatLastN)
    }
    if sampling.presencePenalty != 0 { number("presence_penalty", sampling.presencePenalty) }
    if sampling.frequencyPenalty != 0 { number("frequency_penalty", sampling.frequencyPenalty) }
    if let seed = sampling.seed { json.member("seed", seed) }
    if sampling.ignoreEOS {
      json.member("ignore_eos", true)
    }
    if sampling.minTokens > 0 { json.member("min_tokens", sampling.minTokens) }
    if !sampling.logitBias.isEmpty {
      json.begin("logit_bias")
      json.beginObject()
      for (token, bias) in sampling.logitBias.sorted(by: { $0.key < $1.key }) {
        number("\(token)", bias)
      }
      json.end()
    }
  }

  fileprivate func writeConstraint(
    _ kind: UpstreamKind,
    to json: inout JSONWriter
  ) throws(GenerationError) {
    switch self.constraint {
    case nil: break
    case .grammar(let grammar) where kind == .vllm:
      json.begin("structured_outputs")
      json.beginObject()
      json.member("grammar", grammar)
      json.end()
    case .grammar(let grammar): json.member(kind == .sglang ? "ebnf" : "grammar", grammar)
    case .jsonSchema(let schema):
      let schema = try JSONValue(schema: schema, "json_schema")
      json.begin("response_format")
      json.beginObject()
      // They refuse a schema of any object.
      if kind.isOpenAI, schema == .anyObject {
        json.member("type", "json_object")
        json.end()
        return
      }
      json.member("type", "json_schema")
      json.begin("json_schema")
      json.beginObject()
      json.member("name", "answer")
      json.member("strict", true)
      json.begin("schema")
      json.value(schema)
      json.end()
      json.end()
    }
  }
}

/// What is sent of the options that a request may leave to the server.
struct SamplingChoice {
  let temperature: Float?
  let topP: Float?
  let topK: Int?
  let minP: Float?

  init(_ options: SamplingOptions, _ model: UpstreamModel) {
    let given = options.given
    var defaults = model.defaults
    if model.kind == .anthropic {
      // Its newer models take one of both: what the caller names counts.
      if given.contains(.temperature) { defaults.topP = nil }
      if given.contains(.topP) { defaults.temperature = nil }
    }
    self.temperature = Self.sent(
      given.contains(.temperature) ? options.temperature : defaults.temperature,
      by: model.kind
    )
    self.topP = Self.sent(given.contains(.topP) ? options.topP : defaults.topP, by: model.kind)
    let features = model.kind.features
    let topK = given.contains(.topK) ? options.topK : defaults.topK
    self.topK = features.contains(.topK) ? topK.flatMap { Self.sent($0, by: model.kind) } : nil
    self.minP = given.contains(.minP) && features.contains(.minP) ? options.minP : nil
  }

  /// The default of the hosted APIs is 1 for both numbers, and some of their models refuse even that.
  private static func sent(_ value: Float?, by kind: UpstreamKind) -> Float? {
    kind.isHosted && value == 1 ? nil : value
  }

  /// vLLM and SGLang name all tokens -1, Anthropic by leaving it out.
  private static func sent(_ topK: Int, by kind: UpstreamKind) -> Int? {
    if topK > 0 { return topK }
    switch kind {
    case .vllm, .sglang: return -1
    case .anthropic: return nil
    default: return 0
    }
  }
}

extension JSONWriter {
  /// Writes tokens.
  mutating func array(_ tokens: [Int32]) {
    self.beginArray()
    for token in tokens {
      self.beginElement()
      self.literal("\(token)")
    }
    self.endArray()
  }
}

extension UpstreamKind {
  fileprivate var isOpenAI: Bool { self == .openai || self == .azure }

  fileprivate var isHosted: Bool { self == .openai || self == .azure || self == .anthropic }

  fileprivate var takesThoughts: Bool {
    self == .vllm || self == .sglang || self == .llamaServer || self == .tokenwire
  }

  /// How many alternatives of tokens are asked for. llama-server tells nothing at all without one.
  fileprivate func alternatives(_ wanted: Int) -> Int {
    self == .llamaServer ? max(1, wanted) : wanted
  }

  fileprivate var repeatPenaltyField: String {
    self == .llamaServer || self == .tokenwire ? "repeat_penalty" : "repetition_penalty"
  }
}

extension Tool {
  /// The JSON schema of its arguments; that of any object when it has none.
  ///
  /// - Throws: `invalidRequest` when it is not JSON.
  func schema(at index: Int) throws(GenerationError) -> JSONValue {
    if self.parameters.isEmpty {
      return .object([
        JSONValue.Member("type", .string("object")), JSONValue.Member("properties", .object([])),
      ])
    }
    return try JSONValue(schema: self.parameters, "tools[\(index)].parameters")
  }
}

extension JSONValue {
  /// The schema of any object, which is what "json_object" asks for.
  fileprivate static let anyObject = JSONValue.object([
    Member("type", .string("object")), Member("additionalProperties", .bool(true)),
  ])

  /// - Throws: `invalidRequest` with the field when the text is not JSON.
  init(schema: String, _ field: String) throws(GenerationError) {
    do throws(JSONError) {
      self = try JSONValue(schema, limits: JSONLimits(depth: 64, members: 4096))
    } catch {
      throw GenerationError(.invalidRequest, "\(field) is not JSON: \(error)")
    }
  }
}
