internal import Generation
internal import Identifiers
internal import RPC
internal import TokenwireAPI

extension Conversation {
  /// Limited because each message takes more memory than the two bytes that it can be sent as.
  private static let maximumMessages = 4096
  private static let maximumTools = 128

  /// - Throws: `invalidArgument` with the index of what is wrong.
  init(_ chat: ChatMessages) throws(CallError) {
    guard chat.messages.count <= Self.maximumMessages else {
      throw .outOfRange(
        "messages",
        "\(chat.messages.count) messages",
        "at most \(Self.maximumMessages)"
      )
    }
    var messages: [Generation.ChatMessage] = []
    for (index, message) in chat.messages.enumerated() {
      messages.append(try Generation.ChatMessage(message, at: index))
    }
    guard messages.contains(where: { !$0.content.isEmpty || !$0.toolCalls.isEmpty }) else {
      throw .promptIsRequired
    }
    try Self.checkResults(of: messages)
    let reasoning: Generation.Reasoning
    switch chat.reasoning {
    case .unspecified, .auto: reasoning = .auto
    case .off: reasoning = .off
    case .on: reasoning = .on
    default: throw .outOfRange("reasoning", chat.reasoning.rawValue, "auto, off or on")
    }
    if let most = chat.reasoningMaxTokens, most < 0 {
      throw .outOfRange("reasoning_max_tokens", most, "at least 0")
    }
    let tools = try Self.tools(chat.tools)
    self.init(
      messages,
      tools: tools,
      toolChoice: try Self.toolChoice(chat.toolChoice, among: tools),
      allowsParallelToolCalls: chat.parallelToolCalls ?? true,
      reasoning: chat.reasoningMaxTokens == 0 ? .off : reasoning,
      reasoningEffort: try Self.effort(chat.reasoningEffort),
      maximumReasoningTokens: chat.reasoningMaxTokens.map { Int($0) },
      cachesPrompt: chat.cachePrompt
    )
  }

  private static func effort(
    _ effort: TokenwireAPI.ReasoningEffort
  ) throws(CallError) -> Generation.ReasoningEffort? {
    switch effort {
    case .unspecified: nil
    case .minimal: .minimal
    case .low: .low
    case .medium: .medium
    case .high: .high
    case .xhigh: .xhigh
    case .max: .max
    default: throw .outOfRange("reasoning_effort", effort.rawValue, "0 to 6")
    }
  }

  /// - Throws: when a result is of no call.
  private static func checkResults(of messages: [Generation.ChatMessage]) throws(CallError) {
    var calls: Set<Identifier> = []
    for (index, message) in messages.enumerated() {
      for call in message.toolCalls { calls.insert(call.id) }
      guard let id = message.toolCallID else { continue }
      guard calls.contains(id) else {
        throw .outOfRange(
          "messages[\(index)].tool_call_id",
          "\"\(id.text.shortened)\"",
          "the id of a call in a message before it"
        )
      }
    }
  }

  private static func tools(_ tools: [TokenwireAPI.Tool]) throws(CallError) -> [Generation.Tool] {
    guard tools.count <= Self.maximumTools else {
      throw .outOfRange("tools", "\(tools.count) tools", "at most \(Self.maximumTools)")
    }
    var names: Set<Identifier> = []
    for (index, tool) in tools.enumerated() {
      guard tool.name.isToolName else {
        throw .outOfRange(
          "tools[\(index)].name",
          "\"\(tool.name.shortened)\"",
          "1 to 64 of a-z, A-Z, 0-9, \"_\", \"-\" and \".\""
        )
      }
      guard names.insert(Identifier(tool.name)).inserted else {
        throw .outOfRange("tools[\(index)].name", "\"\(tool.name)\"", "different for each tool")
      }
    }
    return tools.map {
      Generation.Tool(
        name: Identifier($0.name),
        description: $0.description,
        parameters: $0.parameters,
        isStrict: $0.strict
      )
    }
  }

  private static func toolChoice(
    _ choice: TokenwireAPI.ToolChoice?,
    among tools: [Generation.Tool]
  ) throws(CallError) -> Generation.ToolChoice {
    guard let choice else { return .auto }
    if !choice.name.isEmpty {
      let name = Identifier(choice.name)
      guard tools.contains(where: { $0.name == name }) else {
        throw .outOfRange("tool_choice.name", "\"\(choice.name.shortened)\"", "a tool of tools")
      }
      guard choice.mode == .required || choice.mode == .unspecified else {
        throw .outOfRange("tool_choice.mode", choice.mode.rawValue, "required, beside a name")
      }
      return .named(name)
    }
    switch choice.mode {
    case .unspecified, .auto: return .auto
    case .none: return .none
    case .required:
      if tools.isEmpty { throw .outOfRange("tool_choice.mode", "required", "auto without tools") }
      return .required
    default:
      throw .outOfRange("tool_choice.mode", choice.mode.rawValue, "auto, none or required")
    }
  }
}

extension Generation.ChatMessage {
  fileprivate init(_ message: TokenwireAPI.ChatMessage, at index: Int) throws(CallError) {
    let field = "messages[\(index)]"
    guard let role = Role(rawValue: message.role) else {
      throw .outOfRange(
        "\(field).role",
        "\"\(message.role.shortened)\"",
        "\"system\", \"developer\", \"user\", \"assistant\" or \"tool\""
      )
    }
    guard role == .assistant || (message.toolCalls.isEmpty && message.reasoningText.isEmpty) else {
      throw .outOfRange(
        "\(field)",
        "of the role \"\(role.rawValue)\" with calls or thinking",
        "of the role \"assistant\""
      )
    }
    guard (role == .tool) == !message.toolCallID.isEmpty else {
      throw .outOfRange(
        "\(field).tool_call_id",
        "\"\(message.toolCallID.shortened)\"",
        "there for the role \"tool\", and only for it"
      )
    }
    self.init(
      role: role,
      content: try Self.content(message, field),
      reasoning: message.reasoningText,
      toolCalls: try message.toolCalls.enumerated().map { (number, call) throws(CallError) in
        guard !call.id.isEmpty, call.name.isToolName else {
          throw .outOfRange(
            "\(field).tool_calls[\(number)]",
            "without id or the name of a tool",
            "with both"
          )
        }
        return Generation.ToolCall(
          id: Identifier(call.id),
          name: Identifier(call.name),
          arguments: call.arguments
        )
      },
      toolCallID: role == .tool ? Identifier(message.toolCallID) : nil
    )
  }

  private static func content(
    _ message: TokenwireAPI.ChatMessage,
    _ field: String
  ) throws(CallError) -> String {
    if message.contentParts.isEmpty { return message.content }
    guard message.content.isEmpty else {
      throw .outOfRange("\(field).content", "there beside content_parts", "one of both")
    }
    for (index, part) in message.contentParts.enumerated() where Identifier(part.type) != "text" {
      throw .outOfRange(
        "\(field).content_parts[\(index)].type",
        "\"\(part.type.shortened)\"",
        "\"text\": this server reads text alone"
      )
    }
    return message.contentParts.map(\.text).joined()
  }
}

extension String {
  /// Whether it is a name of a tool.
  fileprivate var isToolName: Bool {
    1 ... 64 ~= self.utf8.count
      && self.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
          UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
          UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
