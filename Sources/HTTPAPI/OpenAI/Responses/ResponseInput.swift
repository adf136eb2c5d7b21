internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

/// The input of a response: a text, or items, which become messages.
enum ResponseInput {
  static func messages(_ place: Place) throws(HTTPFailure) -> [ChatMessage] {
    if case .string(let text) = place.value {
      return [ChatMessage(role: "user", content: text.text)]
    }
    guard case .array = place.value else { throw place.mismatch("a string or an array of items") }
    var conversation = Conversation()
    for item in try place.array() { try conversation.append(item) }
    return conversation.messages
  }
}

/// Joins items: what an assistant thought, said and called is one message.
private struct Conversation {
  private(set) var messages: [ChatMessage] = []

  private static let types: [Identifier] = [
    "message", "function_call", "function_call_output", "reasoning",
  ]

  mutating func append(_ item: Place) throws(HTTPFailure) {
    switch try Self.type(of: item) {
    case "function_call":
      let call = try Self.call.read(item, as: ToolCall())
      self.continueAssistant { $0.toolCalls.append(call) }
    case "function_call_output":
      let result = try Self.result.read(item, as: ChatMessage(role: "tool"))
      self.messages.append(result)
    case "reasoning":
      let thought = try Self.thought(item)
      self.continueAssistant { $0.reasoningText += thought }
    default:
      let message = try Self.message.read(item, as: ChatMessage())
      guard Identifier(message.role) == "assistant" else {
        self.messages.append(message)
        return
      }
      // Two texts stay two messages; a thought before a text belongs to it.
      if let last = self.messages.last, Identifier(last.role) == "assistant",
        last.content.isEmpty, last.toolCalls.isEmpty
      {
        self.messages[self.messages.count - 1].content = message.content
      } else {
        self.messages.append(message)
      }
    }
  }

  private mutating func continueAssistant(_ change: (inout ChatMessage) -> Void) {
    if self.messages.last.map({ Identifier($0.role) }) != "assistant" {
      self.messages.append(ChatMessage(role: "assistant"))
    }
    change(&self.messages[self.messages.count - 1])
  }

  private static func type(of item: Place) throws(HTTPFailure) -> Identifier {
    // A message needs no type.
    guard let type = try item.member("type") else { return "message" }
    let name = Identifier(try type.string())
    guard Self.types.contains(name) else {
      throw type.wrong("is \"\(name.text.beginning)\", which this server does not read")
    }
    return name
  }

  private static let message = ObjectForm<ChatMessage>(
    ChatMessage.form.fields.filter { $0.name == "role" || $0.name == "content" },
    required: ["role", "content"]
  )

  private static let call = ObjectForm<ToolCall>(
    [
      Field("call_id", .string, "Names the call.") { call, place throws(HTTPFailure) in
        call.id = try place.string()
      },
      Field("name", .string, "The function.") { call, place throws(HTTPFailure) in
        call.name = try place.string()
      },
      Field("arguments", .string, "A string of JSON.") { call, place throws(HTTPFailure) in
        call.arguments = try place.string()
      },
    ],
    required: ["call_id", "name", "arguments"]
  )

  private static let result = ObjectForm<ChatMessage>(
    [
      Field("call_id", .string, "The call.") { message, place throws(HTTPFailure) in
        message.toolCallID = try place.string()
      },
      Field("output", ContentParts.schema, "Its result.") { message, place throws(HTTPFailure) in
        message.content = try ContentParts.text(place)
      },
    ],
    required: ["call_id", "output"]
  )

  /// The thoughts of an item; of others' models there is only a summary, or nothing that can be read.
  private static func thought(_ item: Place) throws(HTTPFailure) -> String {
    for name: Identifier in ["content", "summary"] {
      guard let parts = try item.member(name)?.array(), !parts.isEmpty else { continue }
      var text = ""
      for part in parts { text += try part.member("text")?.string() ?? "" }
      return text
    }
    return ""
  }
}
