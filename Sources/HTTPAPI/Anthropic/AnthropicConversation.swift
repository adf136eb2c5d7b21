internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

/// Converts Anthropic's messages, whose results of tools are blocks of a user's message, to those of
/// the server, which have the role "tool".
struct AnthropicConversation: Sendable {
  private(set) var messages: [ChatMessage] = []
  /// The ids of all calls so far.
  private var calls: Set<Identifier> = []

  static let schema = Schema.array(
    .object(
      [
        ("role", .choice(["user", "assistant", "system"])),
        (
          "content",
          .oneOf([
            .string,
            .array(
              .object(
                [
                  (
                    "type",
                    .choice(["text", "tool_use", "tool_result", "thinking", "redacted_thinking"])
                  )
                ],
                required: ["type"]
              )
            ),
          ])
        ),
      ],
      required: ["role", "content"]
    )
  )

  /// Adds a message.
  mutating func add(_ place: Place) throws(HTTPFailure) {
    let role = try place.requiredMember("role")
    let content = try place.requiredMember("content")
    switch Identifier(try role.string()) {
    case "user": try self.addUser(content)
    case "assistant": self.messages.append(try self.assistant(content))
    case "system":
      let text = try AnthropicText.blocks(content).joined(separator: "\n\n")
      self.messages.append(ChatMessage(role: "system", content: text))
    default: throw try role.unknownType(known: "\"user\", \"assistant\" or \"system\"")
    }
  }

  // MARK: Users

  /// A user's text before and after results of tools becomes messages before and after theirs.
  private mutating func addUser(_ content: Place) throws(HTTPFailure) {
    if case .string(let text) = content.value {
      self.messages.append(ChatMessage(role: "user", content: text.text))
      return
    }
    guard case .array = content.value else {
      throw content.mismatch("a string or an array of blocks")
    }
    let blocks = try content.array()
    var texts: [String] = []
    for block in blocks {
      let type = try block.requiredMember("type")
      switch Identifier(try type.string()) {
      case "text": texts.append(try block.requiredMember("text").string())
      case "tool_result":
        self.endUser(&texts)
        self.messages.append(try self.result(block))
      default: throw try type.unknownType(known: "\"text\" or \"tool_result\" of a user")
      }
    }
    if blocks.isEmpty { texts = [""] }
    self.endUser(&texts)
  }

  private mutating func endUser(_ texts: inout [String]) {
    if texts.isEmpty { return }
    self.messages.append(ChatMessage(role: "user", content: texts.joined()))
    texts = []
  }

  private func result(_ block: Place) throws(HTTPFailure) -> ChatMessage {
    let id = try block.requiredMember("tool_use_id")
    let name = try id.string()
    guard self.calls.contains(Identifier(name)) else {
      throw id.wrong("must be the id of a tool_use block in a message before it")
    }
    let content = try block.member("content")
    let texts = try content.map { place throws(HTTPFailure) in try AnthropicText.blocks(place) }
    return ChatMessage(
      role: "tool",
      content: (texts ?? []).joined(separator: "\n"),
      toolCallID: name
    )
  }

  // MARK: Assistants

  private mutating func assistant(_ content: Place) throws(HTTPFailure) -> ChatMessage {
    var message = ChatMessage(role: "assistant")
    if case .string(let text) = content.value {
      message.content = text.text
      return message
    }
    guard case .array = content.value else {
      throw content.mismatch("a string or an array of blocks")
    }
    for block in try content.array() {
      let type = try block.requiredMember("type")
      switch Identifier(try type.string()) {
      case "text": message.content += try block.requiredMember("text").string()
      case "thinking": message.reasoningText += try block.requiredMember("thinking").string()
      // Only who encrypted it can read it.
      case "redacted_thinking": break
      case "tool_use": message.toolCalls.append(try self.call(block))
      default:
        throw try type.unknownType(known: "\"text\", \"thinking\" or \"tool_use\" of an assistant")
      }
    }
    return message
  }

  private mutating func call(_ block: Place) throws(HTTPFailure) -> ToolCall {
    let id = try block.requiredMember("id")
    let call = ToolCall(
      id: try id.string(),
      name: try block.requiredMember("name").string(),
      arguments: try block.requiredMember("input").object()
    )
    guard self.calls.insert(Identifier(call.id)).inserted else {
      throw id.wrong("is the id of another tool_use block")
    }
    return call
  }
}

extension Place {
  /// The JSON of an object.
  func object() throws(HTTPFailure) -> String {
    guard case .object = self.value else { throw self.mismatch("an object") }
    return self.json
  }
}
