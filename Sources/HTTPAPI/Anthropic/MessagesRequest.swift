internal import HTTPTransport
internal import Identifiers
internal import TokenwireAPI

/// A request of `POST /v1/messages`, or `POST /v1/messages/count_tokens`.
struct MessagesRequest: Sendable {
  /// With what is neither the system's nor a message.
  var chat = ChatMessages()
  /// The system's blocks.
  var system: [String] = []
  var conversation = AnthropicConversation()
  /// The request for a text, without its input.
  var generate = GenerateRequest(sampling: SamplingOptions())
  var streams = false

  /// The whole conversation.
  var messages: ChatMessages {
    var chat = self.chat
    let system = self.system.joined(separator: "\n\n")
    let first = system.isEmpty ? [] : [ChatMessage(role: "system", content: system)]
    chat.messages = first + self.conversation.messages
    return chat
  }

  /// The request for a text.
  var generateRequest: GenerateRequest {
    var request = self.generate
    request.input = .messages(self.messages)
    return request
  }

  /// The request for the number of tokens.
  var countRequest: CountTokensRequest {
    CountTokensRequest(model: self.generate.model, input: .messages(self.messages))
  }
}
