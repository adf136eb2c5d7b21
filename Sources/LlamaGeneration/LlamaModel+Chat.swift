internal import CLlama
internal import Foundation
internal import Generation

extension LlamaModel {
  /// Whether the model has a chat template.
  var hasChatTemplate: Bool { llama_model_chat_template(self.pointer, nil) != nil }

  /// Formats a conversation with the model's chat template, up to where its answer begins.
  ///
  /// Of templates, those that libllama knows.
  ///
  /// - Throws: `invalidRequest` when the model has no chat template, or a message has a NUL.
  func format(_ messages: [(role: String, content: String)]) throws(GenerationError) -> String {
    guard let template = llama_model_chat_template(self.pointer, nil) else {
      throw GenerationError(
        .invalidRequest,
        "messages need a chat template, and this model has none: send a prompt"
      )
    }
    guard messages.allSatisfy({ !$0.content.utf8.contains(0) && !$0.role.utf8.contains(0) }) else {
      throw GenerationError(
        .invalidRequest,
        "messages has a NUL character in its text, which a chat template cannot hold"
      )
    }
    guard let text = Self.apply(template, to: messages) else {
      throw GenerationError(
        .invalidRequest,
        "messages need a chat template, and this model's is not one that libllama knows: send a "
          + "prompt"
      )
    }
    return text
  }

  /// - Returns: nil when libllama does not know the template.
  private static func apply(
    _ template: UnsafePointer<CChar>,
    to messages: [(role: String, content: String)]
  ) -> String? {
    let copies = messages.map { (role: strdup($0.role), content: strdup($0.content)) }
    defer {
      for copy in copies {
        free(copy.role)
        free(copy.content)
      }
    }
    let chat = copies.map { llama_chat_message(role: $0.role, content: $0.content) }
    var capacity = 256 + 2 * messages.reduce(0) { $0 + $1.content.utf8.count }
    while true {
      var length = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        length = buffer.withMemoryRebound(to: CChar.self) {
          Int(
            llama_chat_apply_template(
              template,
              chat,
              chat.count,
              true,
              $0.baseAddress,
              Int32($0.count)
            )
          )
        }
        count = min(max(0, length), buffer.count)
      }
      if length < 0 { return nil }
      if length <= capacity { return String(decoding: bytes, as: UTF8.self) }
      capacity = length
    }
  }
}
