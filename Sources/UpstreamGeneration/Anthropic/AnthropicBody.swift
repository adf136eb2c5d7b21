internal import Generation
internal import Identifiers
internal import JSON

/// The body of a request for `/messages` (https://platform.claude.com/docs/en/api/messages), or for
/// `/messages/count_tokens`.
struct AnthropicBody {
  let bytes: [UInt8]

  /// The least that Anthropic takes.
  private static let leastBudget = 1024
  /// The tokens of a text without a limit, which Anthropic demands: what all of its models can write.
  private static let defaultLimit = 4096

  /// - Parameter memory: has what the model thought in turns that it goes on with.
  /// - Throws: `invalidRequest` for a conversation that Anthropic's form has no place for.
  init(
    _ request: GenerationRequest,
    of model: UpstreamModel,
    _ memory: ThoughtMemory
  ) throws(GenerationError) {
    let conversation = try Self.conversation(request.input, of: model)
    let thoughts = conversation.thoughts(from: memory, for: request.requester)
    var json = try Self.beginning(conversation, thoughts, of: model)
    let thinking = conversation.reasons ? conversation.maximumReasoningTokens ?? 0 : 0
    json.member("max_tokens", request.limit(for: model) ?? Self.defaultLimit + thinking)
    json.member("stream", true)
    if !request.stop.isEmpty { json.member("stop_sequences", request.stop) }
    var sampled = model
    // Anthropic refuses them where the model thinks. The caller knows of none: only what the request itself
    // names is its own mistake.
    if thinking > 0, thoughts != nil { sampled.defaults = UpstreamDefaults() }
    let choice = SamplingChoice(request.sampling, sampled)
    for (name, value) in [("temperature", choice.temperature), ("top_p", choice.topP)] {
      guard let value else { continue }
      json.begin(name)
      json.literal("\(value)")
    }
    if let topK = choice.topK { json.member("top_k", topK) }
    try Self.writeThinking(conversation, thoughts, to: &json)
    json.end()
    self.bytes = json.bytes
  }

  /// The body for `/messages/count_tokens`: what the tokens of a prompt depend on.
  ///
  /// - Throws: as above.
  init(counting input: GenerationInput, of model: UpstreamModel) throws(GenerationError) {
    let conversation = try Self.conversation(input, of: model)
    let thoughts = conversation.thoughts(from: nil, for: .anyone)
    var json = try Self.beginning(conversation, thoughts, of: model)
    try Self.writeThinking(conversation, thoughts, to: &json)
    json.end()
    self.bytes = json.bytes
  }

  private static func conversation(
    _ input: GenerationInput,
    of model: UpstreamModel
  ) throws(GenerationError) -> Conversation {
    switch input {
    case .conversation(let conversation): conversation
    case .prompt(let prompt): Conversation([ChatMessage(role: .user, content: prompt)])
    case .tokens: throw .unsupported("prompt_token_ids", by: model)
    }
  }

  /// The model, the messages and the tools.
  private static func beginning(
    _ conversation: Conversation,
    _ thoughts: [Int: [SignedThought]]?,
    of model: UpstreamModel
  ) throws(GenerationError) -> JSONWriter {
    var json = JSONWriter(capacity: 4096)
    json.member("model", model.name)
    // Where the model does not think, Anthropic refuses what it thought.
    let thinks = conversation.reasons && conversation.maximumReasoningTokens != nil
    try self.writeMessages(of: conversation, thinks ? thoughts ?? [:] : [:], to: &json)
    try self.writeTools(of: conversation, to: &json)
    return json
  }

  /// The contents of the messages, with JSON of calls.
  private static func writeMessages(
    of conversation: Conversation,
    _ thoughts: [Int: [SignedThought]],
    to json: inout JSONWriter
  ) throws(GenerationError) {
    let messages = conversation.messages
    let isSystem = { (message: ChatMessage) in
      message.role == .system || message.role == .developer
    }
    let system = messages.prefix(while: isSystem)
    let instructions = system.map(\.content).filter { !$0.isBlank }
    if !instructions.isEmpty {
      json.member("system", instructions.joined(separator: "\n\n"))
    }
    json.begin("messages")
    json.beginArray()
    var index = system.count
    while index < messages.count {
      let message = messages[index]
      guard !isSystem(message) else {
        throw GenerationError(
          .invalidRequest,
          "messages[\(index)].role is \"\(message.role.rawValue)\", but this model takes such messages "
            + "at the beginning alone"
        )
      }
      if message.toolCalls.isEmpty, message.role != .tool, message.content.isBlank {
        // An answer of nothing says nothing, and Anthropic takes no message without a text.
        guard message.role == .assistant else {
          throw GenerationError(
            .invalidRequest,
            "messages[\(index)].content is empty, but this model takes only messages with a text"
          )
        }
        index += 1
        continue
      }
      json.beginElement()
      json.beginObject()
      json.member("role", message.role == .assistant ? "assistant" : "user")
      json.begin("content")
      json.beginArray()
      if message.role == .tool {
        // The results of one turn's calls come in one message.
        while index < messages.count, messages[index].role == .tool {
          Self.writeResult(messages[index], to: &json)
          index += 1
        }
        if index < messages.count, messages[index].role == .user {
          Self.writeText(messages[index].content, to: &json)
          index += 1
        }
      } else {
        for thought in thoughts[index] ?? [] { thought.write(to: &json) }
        Self.writeText(message.content, to: &json)
        for (number, call) in message.toolCalls.enumerated() {
          try Self.writeCall(call, "messages[\(index)].tool_calls[\(number)]", to: &json)
        }
        index += 1
      }
      json.endArray()
      json.end()
    }
    json.endArray()
  }

  /// Writes a text, if there is one: blank blocks are refused.
  private static func writeText(_ text: String, to json: inout JSONWriter) {
    if text.isBlank { return }
    json.beginElement()
    json.beginObject()
    json.member("type", "text")
    json.member("text", text)
    json.end()
  }

  private static func writeResult(_ message: ChatMessage, to json: inout JSONWriter) {
    json.beginElement()
    json.beginObject()
    json.member("type", "tool_result")
    json.member("tool_use_id", message.toolCallID?.text ?? "")
    json.member("content", message.content)
    json.end()
  }

  private static func writeCall(
    _ call: ToolCall,
    _ field: String,
    to json: inout JSONWriter
  ) throws(GenerationError) {
    json.beginElement()
    json.beginObject()
    json.member("type", "tool_use")
    json.member("id", call.id.text)
    json.member("name", call.name.text)
    json.begin("input")
    json.value(
      call.arguments.isEmpty
        ? .object([]) : try JSONValue(schema: call.arguments, "\(field).arguments")
    )
    json.end()
  }

  private static func writeTools(
    of conversation: Conversation,
    to json: inout JSONWriter
  ) throws(GenerationError) {
    if conversation.tools.isEmpty { return }
    json.begin("tools")
    json.beginArray()
    for (index, tool) in conversation.tools.enumerated() {
      json.beginElement()
      json.beginObject()
      json.member("name", tool.name.text)
      if !tool.description.isEmpty { json.member("description", tool.description) }
      json.begin("input_schema")
      json.value(try tool.schema(at: index))
      json.end()
    }
    json.endArray()
    json.begin("tool_choice")
    json.beginObject()
    switch conversation.toolChoice {
    case .auto: json.member("type", "auto")
    case .none: json.member("type", "none")
    case .required: json.member("type", "any")
    case .named(let name):
      json.member("type", "tool")
      json.member("name", name.text)
    }
    if !conversation.allowsParallelToolCalls, conversation.toolChoice != .none {
      json.member("disable_parallel_tool_use", true)
    }
    json.end()
  }

  /// - Parameter thoughts: nil when the model cannot think now.
  private static func writeThinking(
    _ conversation: Conversation,
    _ thoughts: [Int: [SignedThought]]?,
    to json: inout JSONWriter
  ) throws(GenerationError) {
    let budget = conversation.reasons ? conversation.maximumReasoningTokens : 0
    guard let budget else { return }
    guard budget == 0 || budget >= Self.leastBudget else {
      throw GenerationError(
        .invalidRequest,
        "reasoning_max_tokens is \(budget), but this model takes \(Self.leastBudget) or more, or 0"
      )
    }
    // The budget is a maximum: no thoughts are within it.
    if budget > 0, thoughts == nil { return }
    json.begin("thinking")
    json.beginObject()
    json.member("type", budget == 0 ? "disabled" : "enabled")
    if budget > 0 { json.member("budget_tokens", budget) }
    json.end()
  }
}

extension String {
  /// Whether it has nothing but white space.
  fileprivate var isBlank: Bool { self.allSatisfy(\.isWhitespace) }
}
