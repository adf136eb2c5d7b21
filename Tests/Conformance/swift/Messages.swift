import TokenwireAPI

/// A turn of a conversation.
struct ConversationTurn: Decodable {
  var role: String
  var content: String?
  var contentParts: [Part]?
  var toolCalls: [ToolCallOption]?
  var toolCallId: String?
  var reasoningText: String?

  struct Part: Decodable {
    var type: String
    var text: String?
  }
}

/// A call that an assistant has made.
struct ToolCallOption: Decodable {
  var id: String?
  var name: String?
  var arguments: String?
}

/// What may be called.
struct ToolOption: Decodable {
  var name: String
  var description: String?
  var parameters: String?
}

/// Whether it is called.
struct ToolChoiceOption: Decodable {
  var mode: String?
  var name: String?
}

extension ChatMessages {
  init(_ messages: [ConversationTurn], _ options: Options?) {
    self.init(
      messages: messages.map { ChatMessage($0) },
      tools: options?.tools?.map { tool in
        Tool(
          name: tool.name,
          description: tool.description ?? "",
          parameters: tool.parameters ?? ""
        )
      } ?? [],
      toolChoice: options?.toolChoice.map { choice in
        ToolChoice(mode: Self.mode(choice.mode), name: choice.name ?? "")
      },
      parallelToolCalls: options?.parallelToolCalls,
      reasoning: options?.reasoning == "OFF" ? .off : .unspecified,
      reasoningMaxTokens: options?.reasoningMaxTokens
    )
  }

  private static func mode(_ name: String?) -> ToolChoiceMode {
    switch name {
    case "AUTO": .auto
    case "NONE": .none
    case "REQUIRED": .required
    default: .unspecified
    }
  }
}

extension ChatMessage {
  fileprivate init(_ message: ConversationTurn) {
    self.init(
      role: message.role,
      content: message.content ?? "",
      contentParts: message.contentParts?.map { ContentPart(type: $0.type, text: $0.text ?? "") }
        ?? [],
      toolCalls: message.toolCalls?.map { call in
        ToolCall(id: call.id ?? "", name: call.name ?? "", arguments: call.arguments ?? "")
      } ?? [],
      toolCallID: message.toolCallId ?? "",
      reasoningText: message.reasoningText ?? ""
    )
  }
}
