import Generation
import Testing

@testable import LlamaGeneration

/// A text begins with the vocabulary's beginning once, whether or not the template writes it, too.
@Suite(.enabled(if: LlamaFiles.folder != nil)) struct BeginningTests {
  @Test(
    arguments: [
      "{{ bos_token }}{{ messages[0].content }}", "{{ messages[0].content }}",
      "{{ bos_token + messages[0].content }}{{ eos_token }}",
    ]
  )
  func `a text begins once`(source: String) async throws {
    for vocabulary in [LlamaFiles.llama2, LlamaFiles.llama3] {
      let model = try vocabulary.get()
      let beginning = model.tokenizing.before
      #expect(beginning.count == 1)
      let template = try ChatTemplate(model.pointer, source: source)
      for content in ["Hi", String(decoding: model.name(of: beginning[0]), as: UTF8.self)] {
        let chat = try model.chat(
          Conversation([ChatMessage(role: .user, content: content)]),
          template
        )
        let tokens = try await Tokenizer(model).tokens(of: chat.marked, field: "messages")
        #expect(tokens.first == beginning[0])
        #expect(tokens.filter { $0 == beginning[0] }.count == 1, "\(source): \(tokens)")
      }
    }
  }
}
