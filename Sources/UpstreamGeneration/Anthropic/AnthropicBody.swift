internal import Generation
internal import Identifiers
internal import JSON

/// The body of a request for `/messages` (https://platform.claude.com/docs/en/api/messages), or for
/// `/messages/count_tokens`.
struct AnthropicBody {
  let bytes: [UInt8]

  /// The tokens of a text without a limit, which Anthropic demands: what all of its models can write.
  private static let defaultLimit = 4096

  /// - Parameter memory: has what the model thought in turns that it goes on with.
  /// - Throws: `invalidRequest` for a conversation that Anthropic's form has no place for.
  init(
    _ request: GenerationRequest,
    of model: UpstreamModel,
    _ quirks: UpstreamQuirks,
    _ memory: ThoughtMemory
  ) throws(GenerationError) {
    let conversation = try Self.conversation(request.input, of: model)
    let thoughts = conversation.thoughts(from: memory, for: request.requester)
    let text = request.limit(for: model)
    // Of a text and its thoughts.
    let limit = request.fillsContext ? nil : text
    let thinking = try AnthropicThinking(
      conversation,
      canThink: thoughts != nil,
      upTo: limit,
      quirks
    )
    let thinks = thinking.thinks || (conversation.reasoning == .auto && memory.thinksUnasked)
    var json = try Self.beginning(conversation, thinks ? thoughts : nil, of: model)
    json.member("max_tokens", limit ?? (text ?? Self.defaultLimit) + thinking.room)
    json.member("stream", true)
    if !request.stop.isEmpty { json.member("stop_sequences", request.stop) }
    var sampled = model
    // Anthropic refuses them where the model thinks. The caller knows of none: only what the request itself
    // names is its own mistake.
    if thinking.thinks { sampled.defaults = UpstreamDefaults() }
    let choice = SamplingChoice(request.sampling, sampled)
    for (name, value) in [("temperature", choice.temperature), ("top_p", choice.topP)] {
      guard let value else { continue }
      json.begin(name)
      json.literal("\(value)")
    }
    if let topK = choice.topK { json.member("top_k", topK) }
    thinking.write(to: &json)
    json.end()
    self.bytes = json.bytes
  }

  /// The body for `/messages/count_tokens`: what the tokens of a prompt depend on.
  ///
  /// - Throws: as above.
  init(
    counting input: GenerationInput,
    of model: UpstreamModel,
    _ quirks: UpstreamQuirks
  ) throws(GenerationError) {
    let conversation = try Self.conversation(input, of: model)
    var json = try Self.beginning(conversation, nil, of: model)
    let thinking = try AnthropicThinking(
      conversation,
      canThink: !conversation.isInTurn,
      upTo: nil,
      quirks
    )
    thinking.write(to: &json)
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
  ///
  /// - Parameter thoughts: nil where the model does not think: Anthropic then refuses what it thought.
  private static func beginning(
    _ conversation: Conversation,
    _ thoughts: [Int: [SignedThought]]?,
    of model: UpstreamModel
  ) throws(GenerationError) -> JSONWriter {
    var json = JSONWriter(capacity: 4096)
    json.member("model", model.name)
    try self.writeMessages(of: conversation, thoughts ?? [:], to: &json)
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
      Self.writeSystem(instructions.joined(separator: "\n\n"), conversation, to: &json)
    }
    json.begin("messages")
    json.beginArray()
    // What is marked is kept with all that is before it. The next request goes on from there.
    func isKept(_ index: Int) -> Bool {
      conversation.cachesPrompt && index == messages.count - 1
    }
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
          Self.writeResult(messages[index], isKept(index), to: &json)
          index += 1
        }
        if index < messages.count, messages[index].role == .user {
          Self.writeText(messages[index].content, isKept(index), to: &json)
          index += 1
        }
      } else {
        for thought in thoughts[index] ?? [] { thought.write(to: &json) }
        Self.writeText(message.content, isKept(index), to: &json)
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

  /// Writes what the conversation begins with, kept for other conversations with the same beginning.
  private static func writeSystem(
    _ text: String,
    _ conversation: Conversation,
    to json: inout JSONWriter
  ) {
    guard conversation.cachesPrompt else { return json.member("system", text) }
    json.begin("system")
    json.beginArray()
    Self.writeText(text, true, to: &json)
    json.endArray()
  }

  /// Writes a text, if there is one: blank blocks are refused.
  private static func writeText(_ text: String, _ isKept: Bool, to json: inout JSONWriter) {
    if text.isBlank { return }
    json.beginElement()
    json.beginObject()
    json.member("type", "text")
    json.member("text", text)
    if isKept { Self.writeMark(to: &json) }
    json.end()
  }

  private static func writeResult(
    _ message: ChatMessage,
    _ isKept: Bool,
    to json: inout JSONWriter
  ) {
    json.beginElement()
    json.beginObject()
    json.member("type", "tool_result")
    json.member("tool_use_id", message.toolCallID?.forAnthropic ?? "")
    json.member("content", message.content)
    if isKept { Self.writeMark(to: &json) }
    json.end()
  }

  /// Has the prompt kept up to here, for 5 minutes.
  private static func writeMark(to json: inout JSONWriter) {
    json.begin("cache_control")
    json.beginObject()
    json.member("type", "ephemeral")
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
    json.member("id", call.id.forAnthropic)
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
      if tool.isStrict { json.member("strict", true) }
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
}

extension Identifier {
  /// An id of a call as Anthropic takes it: of letters, digits, "_" and "-". Those of other models have
  /// more, and two of them stay two.
  fileprivate var forAnthropic: String {
    let isPlain = self.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
        UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    if isPlain { return self.text }
    return self.utf8.reduce(into: "call_") { $0 += $1.hexDigits }
  }
}

extension String {
  /// Whether it has nothing but white space.
  fileprivate var isBlank: Bool { self.allSatisfy(\.isWhitespace) }
}
