internal import CLlamaChat
internal import Foundation

/// Parses the texts of a model's answers.
final class AnswerParser: Sendable {
  // Sound, because llama_chat.h allows its use on any thread.
  nonisolated(unsafe) private let pointer: OpaquePointer

  /// What a text says.
  struct Answer: Decodable {
    struct Call: Decodable {
      var id: String
      var name: String
      var arguments: String
    }

    var content = ""
    var reasoning = ""
    var calls: [Call] = []
  }

  init(_ rendered: RenderedChat) throws(ChatTemplateError) {
    var error: UnsafeMutablePointer<CChar>?
    let format: String
    do {
      format = String(decoding: try JSONEncoder().encode(rendered), as: UTF8.self)
    } catch {
      throw ChatTemplateError("\(error)")
    }
    guard let pointer = llama_chat_text_parser_new(format, &error) else {
      throw ChatTemplateError(taking: error)
    }
    self.pointer = pointer
  }

  deinit {
    llama_chat_text_parser_free(self.pointer)
  }

  /// What a text must be.
  enum Extent {
    /// A whole answer; if the answer may have calls, one with calls.
    case whole
    /// The beginning of an answer, or all of it.
    case beginning
    /// Anything: it is read up to where it is no longer in the form.
    case anything
  }

  /// - Throws: when the text is not what it must be.
  func answer(in text: [UInt8], as extent: Extent) throws(ChatTemplateError) -> Answer {
    let extent =
      switch extent {
      case .whole: LLAMA_CHAT_WHOLE
      case .beginning: LLAMA_CHAT_BEGINNING
      case .anything: LLAMA_CHAT_ANYTHING
      }
    return try ChatTemplateError.decoded { error in
      text.withUnsafeBufferPointer { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          llama_chat_parse(self.pointer, $0.baseAddress, bytes.count, extent, error)
        }
      }
    }
  }
}
