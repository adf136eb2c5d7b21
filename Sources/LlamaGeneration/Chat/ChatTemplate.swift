internal import CLlamaChat
internal import Foundation
internal import Generation

/// The chat template of a model, and what the texts look like that it asks for.
final class ChatTemplate: Sendable {
  // Sound, because llama_chat.h allows its use on any thread.
  nonisolated(unsafe) private let pointer: OpaquePointer
  /// What the template knows.
  let abilities: Abilities
  /// The forms of the last answers.
  let forms = AnswerForms()

  /// What a template knows.
  struct Abilities: Decodable {
    var supportsTools: Bool
    var supportsSystemRole: Bool
    var reasoning: Bool
    /// Whether llama.cpp has a parser written for the template.
    var hasOwnParser: Bool

    private enum CodingKeys: String, CodingKey {
      case supportsTools = "supports_tools"
      case supportsSystemRole = "supports_system_role"
      case reasoning
      case hasOwnParser = "has_own_parser"
    }
  }

  /// Whether libllama came with what templates need.
  static var isAvailable: Bool { llama_chat_is_available() }

  /// - Parameters:
  ///   - model: a loaded model, of which the vocabulary is used.
  ///   - source: a Jinja template instead of the model's.
  /// - Throws: with a sentence that says what is wrong with the template.
  init(_ model: OpaquePointer, source: String?) throws(ChatTemplateError) {
    var error: UnsafeMutablePointer<CChar>?
    guard let pointer = llama_chat_template_set_new(model, source, &error) else {
      throw ChatTemplateError(taking: error)
    }
    self.pointer = pointer
    do throws(ChatTemplateError) {
      var abilities: Abilities = try ChatTemplateError.decoded { llama_chat_abilities(pointer, $0) }
      if abilities.supportsTools { abilities.supportsTools = Self.hasFormOfCalls(pointer) }
      self.abilities = abilities
    } catch {
      llama_chat_template_set_free(pointer)
      throw error
    }
  }

  /// Whether llama.cpp finds out what calls look like, which it does not for each template that
  /// tells of tools.
  private static func hasFormOfCalls(_ pointer: OpaquePointer) -> Bool {
    let request = """
      {"messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function", "function": \
      {"name": "f", "description": "", "parameters": {"type": "object", "properties": {"a": {}}}}}], \
      "tool_choice": "required", "parallel_tool_calls": true, "reasoning": true, \
      "reasoning_effort": "", "continues": false, "describes_tools": true, "only_prompts": false}
      """
    let rendered: RenderedChat? = try? ChatTemplateError.decoded {
      llama_chat_render(pointer, request, $0)
    }
    return rendered?.grammar.isEmpty != true
  }

  deinit {
    llama_chat_template_set_free(self.pointer)
  }

  /// Renders a conversation, up to where its answer begins.
  ///
  /// - Parameter request: what llama_chat.h describes.
  func render(_ request: [UInt8]) throws(ChatTemplateError) -> RenderedChat {
    try ChatTemplateError.decoded { error in
      (request + [0]).withUnsafeBufferPointer { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          llama_chat_render(self.pointer, $0.baseAddress, error)
        }
      }
    }
  }
}

/// A rendered conversation, and what the model's answer looks like.
struct RenderedChat: Codable {
  /// Marks when a grammar counts.
  struct Trigger: Codable {
    /// Whether the text is a regular expression in ECMAScript's syntax.
    var isPattern: Bool
    var text: String

    private enum CodingKeys: String, CodingKey {
      case isPattern = "is_pattern"
      case text
    }
  }

  var prompt: String
  /// The end of the prompt, with which the answer begins for its parser and its grammar.
  var generationPrompt: String
  /// In GBNF; empty allows any text.
  var grammar: String
  /// Whether the grammar counts only from a trigger on.
  var isLazy: Bool
  var triggers: [Trigger]
  /// Control tokens whose texts the parser reads.
  var keptTokens: [String]
  /// Texts that end the answer.
  var stops: [String]
  var thinkingStart: String
  var thinkingEnds: [String]
  var format: Int
  var parser: String

  private enum CodingKeys: String, CodingKey {
    case prompt
    case generationPrompt = "generation_prompt"
    case grammar
    case isLazy = "is_lazy"
    case triggers
    case keptTokens = "kept_tokens"
    case stops
    case thinkingStart = "thinking_start"
    case thinkingEnds = "thinking_ends"
    case format, parser
  }
}

/// Why a template cannot be used, or not with this conversation.
struct ChatTemplateError: Error {
  var message: String

  init(_ message: String) {
    self.message = message
  }

  /// Takes a text of llama_chat.h.
  init(taking text: UnsafeMutablePointer<CChar>?) {
    self.message = text.map { String(cString: $0) } ?? "memory is short"
    free(text)
  }

  /// Calls a function of llama_chat.h, and decodes the JSON that it returns.
  static func decoded<Value: Decodable>(
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> UnsafeMutablePointer<CChar>?
  ) throws(ChatTemplateError) -> Value {
    var error: UnsafeMutablePointer<CChar>?
    guard let text = body(&error) else { throw ChatTemplateError(taking: error) }
    defer { free(text) }
    do {
      let bytes = Data(bytesNoCopy: text, count: strlen(text), deallocator: .none)
      return try JSONDecoder().decode(Value.self, from: bytes)
    } catch {
      throw ChatTemplateError("\(error)")
    }
  }
}
