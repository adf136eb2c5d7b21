import Foundation
import Generation
import Identifiers

/// Conversations, and what transformers makes of them with llama.cpp's chat templates:
/// Tests/ChatTemplates.
struct TemplateCases: Decodable {
  struct Expected: Decodable {
    /// Nil where the template refuses the conversation.
    var text: String?
  }

  var conversations: [String: TemplateConversation]
  /// By the names of the template and of the conversation.
  var templates: [String: [String: Expected]]

  static let all = Result { try read(TemplateCases.self, "expected.json") }
  static let differences = Result { try read(TemplateDifferences.self, "differences.json") }
  static let names = ((try? all.get())?.templates.keys).map { $0.sorted() } ?? []

  private static func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../ChatTemplates/\(name)")
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }
}

/// Where the texts differ.
struct TemplateDifferences: Decodable {
  /// By the name of the template, the conversations and the reason.
  var templates: [String: [String: String]]
  /// The reasons in full, by their names.
  var reasons: [String: String]
}

/// A conversation in OpenAI's form.
struct TemplateConversation: Decodable {
  struct Message: Decodable {
    var role: String
    var content: String
    var reasoning_content: String?
    var tool_calls: [Call]?
    var tool_call_id: String?
  }

  struct Call: Decodable {
    struct Function: Decodable {
      var name: String
      var arguments: String
    }

    var id: String
    var function: Function
  }

  struct OfferedTool: Decodable {
    struct Function: Decodable {
      var name: String
      var description: String
      var parameters: String
    }

    var function: Function
  }

  var messages: [Message]
  var tools: [OfferedTool]?

  var conversation: Conversation {
    Conversation(
      self.messages.map { message in
        ChatMessage(
          role: ChatMessage.Role(rawValue: message.role) ?? .user,
          content: message.content,
          reasoning: message.reasoning_content ?? "",
          toolCalls: (message.tool_calls ?? []).map { call in
            ToolCall(
              id: Identifier(call.id),
              name: Identifier(call.function.name),
              arguments: call.function.arguments
            )
          },
          toolCallID: message.tool_call_id.map { Identifier($0) }
        )
      },
      tools: (self.tools ?? []).map { tool in
        Tool(
          name: Identifier(tool.function.name),
          description: tool.function.description,
          parameters: tool.function.parameters
        )
      }
    )
  }
}
