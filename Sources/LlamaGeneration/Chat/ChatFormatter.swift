internal import Generation
internal import Logging

/// Formats conversations for a model: with its own template, or, where libllama came without what
/// that needs, with one of the templates that libllama knows.
struct ChatFormatter: Sendable {
  private let model: LlamaModel
  /// Nil when libllama came without what templates need, or the model has none.
  private let template: ChatTemplate?
  private let controls: ControlTexts

  /// - Parameter source: a Jinja template instead of the model's.
  /// - Throws: when the template cannot be used.
  init(_ model: LlamaModel, source: String?, logger: Logger) throws(LlamaLoadError) {
    self.model = model
    self.controls = ControlTexts(Array(model.tokenizing.controlTokens.keys))
    guard ChatTemplate.isAvailable else {
      if source != nil {
        throw LlamaLoadError(
          "A chat template cannot be used: this libllama came without llama.cpp's library `common`"
        )
      }
      logger.notice(
        "This libllama came without llama.cpp's library `common`: of chat templates only a list is known, and tools are not"
      )
      self.template = nil
      return
    }
    guard source != nil || model.hasChatTemplate else {
      self.template = nil
      return
    }
    do throws(ChatTemplateError) {
      self.template = try ChatTemplate(model.pointer, source: source)
    } catch {
      throw LlamaLoadError("The chat template cannot be used: \(error.message)")
    }
  }

  /// What callers may know about the template; nil without one.
  var description: ChatTemplateDescription? {
    guard let abilities = self.template?.abilities else { return nil }
    return ChatTemplateDescription(
      tools: abilities.supportsTools,
      reasoning: abilities.reasoning,
      systemRole: abilities.supportsSystemRole
    )
  }

  /// - Throws: `invalidRequest` when the model has no template, or it refuses the conversation.
  func format(_ conversation: Conversation) throws(GenerationError) -> Chat {
    if let template {
      return try template.chat(
        conversation,
        self.controls,
        controlTokens: self.model.tokenizing.controlTokens
      )
    }
    let isPlain = conversation.messages.allSatisfy { $0.role != .tool && $0.toolCalls.isEmpty }
    guard conversation.tools.isEmpty, isPlain else {
      throw GenerationError(
        .invalidRequest,
        "tools need a chat template that this server can read, which the model does not have here"
      )
    }
    let marks = try TextMarks(self.controls, in: conversation.messages.flatMap { $0.content.utf8 })
    let marked = conversation.messages.map { message in
      (role: message.role.rawValue, content: marks.marked(message.content))
    }
    let text = MarkedText(try self.model.format(marked), without: marks)
    return Chat(text: String(decoding: text.bytes, as: UTF8.self), marked: text, form: nil)
  }
}
