import Generation
import Testing

@testable import LlamaGeneration

/// Templates that never end, or grow without bound, are stopped; the next one is rendered.
@Suite(.serialized, .enabled(if: LlamaFiles.folder != nil)) struct BoundedTemplateTests {
  private static let tooMuch = "it takes too long, or needs too much memory: it may never end"

  static let endless = [
    "{% for i in range(1000000000) %}x{% endfor %}",
    "{% set s = 'x' * 100000000000 %}",
    "{{ 'a\nb'|indent(100000000000) }}",
    "{% set n = namespace(s='xxxxxxxx') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
    "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
    "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}x{% endfor %}"
      + "{% endfor %}{% endfor %}",
    "{% set n = namespace(x=[]) %}{% for i in range(99999999) %}{% set n.x = [n.x] %}{% endfor %}",
    "{{ \(String(repeating: "[", count: 4990))\(String(repeating: "]", count: 4990)) }}",
    "{{ 1\(String(repeating: "+1", count: 4990)) }}",
    "{{ a\(String(repeating: ".a", count: 4990)) }}",
    String(repeating: "{% if a %}", count: 50_000),
    "{% if a %}" + String(repeating: "{% elif a %}", count: 50_000) + "{% endif %}",
  ]

  @Test(arguments: endless) func `a template that costs too much is stopped`(source: String) throws
  {
    let model = try LlamaFiles.llama2.get()
    let error = #expect(throws: ChatTemplateError.self) {
      try ChatTemplate(model.pointer, source: source)
    }
    #expect(error?.message == Self.tooMuch)
    try Self.expectNextIsRendered(model)
  }

  @Test(arguments: ["[", "-", "a.", "a(", "1+", "not "])
  func `an expression that overflows a stack is refused`(part: String) throws {
    let model = try LlamaFiles.llama2.get()
    let source = "{{ \(String(repeating: part, count: 100_000))a }}"
    #expect(throws: ChatTemplateError.self) { try ChatTemplate(model.pointer, source: source) }
    try Self.expectNextIsRendered(model)
  }

  @Test func `what ends for one conversation only is stopped for the others`() throws {
    let model = try LlamaFiles.llama2.get()
    let template = try ChatTemplate(
      model.pointer,
      source: "{% for m in messages %}{% if m.content == 'stop' %}{% for i in range(1000000000) %}"
        + "x{% endfor %}{% endif %}{{ m.content }}{% endfor %}"
    )
    let error = #expect(throws: GenerationError.self) {
      try model.chat(Conversation([ChatMessage(role: .user, content: "stop")]), template)
    }
    #expect(
      error
        == GenerationError(
          .invalidRequest,
          "messages: the model's chat template refuses them: \(Self.tooMuch)"
        )
    )
    let chat = try model.chat(Conversation([ChatMessage(role: .user, content: "go on")]), template)
    #expect(Array(chat.text.utf8) == Array("go on".utf8))
  }

  @Test func `a long conversation is not too much`() throws {
    let model = try LlamaFiles.llama2.get()
    let template = try ChatTemplate(
      model.pointer,
      source: try LlamaFiles.template("Qwen-Qwen3-0.6B")
    )
    let turns = (0 ..< 1000).map {
      ChatMessage(role: $0 % 2 == 0 ? .user : .assistant, content: "Turn \($0)")
    }
    let question = ChatMessage(role: .user, content: "And now?")
    let chat = try model.chat(Conversation(turns + [question]), template)
    #expect(chat.text.utf8.count > 30_000)
  }

  @Test(arguments: [
    "{% for x in %}", "{{ 1", "{{", "{%", "{#", "{{ 'abc", "{% bad %}", "{{ 10**9 }}",
  ])
  func `an error in a template is told`(source: String) throws {
    let model = try LlamaFiles.llama2.get()
    let error = #expect(throws: ChatTemplateError.self) {
      try ChatTemplate(model.pointer, source: source)
    }
    #expect(error?.message.isEmpty == false && error?.message.contains("std::") == false)
  }

  private static func expectNextIsRendered(_ model: LlamaModel) throws {
    let template = try ChatTemplate(
      model.pointer,
      source: try LlamaFiles.template("microsoft-Phi-3.5-mini-instruct")
    )
    let chat = try model.chat(Conversation([ChatMessage(role: .user, content: "Hi")]), template)
    #expect(Array(chat.text.utf8) == Array("<|user|>\nHi<|end|>\n<|assistant|>\n".utf8))
  }
}
