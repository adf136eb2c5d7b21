import Generation
import Identifiers
import Testing

@testable import LlamaGeneration

/// The grammars of required calls, for all templates.
@Suite(.enabled(if: LlamaFiles.folder != nil)) struct RequiredCallTests {
  @Test(arguments: LlamaFiles.templates)
  func `a required call is not put off by a text`(name: String) throws {
    let model = try Vocabularies.ofTestModel.get()
    let template = try ChatTemplate(model.pointer, source: try LlamaFiles.template(name))
    let tool = Tool(
      name: "get_weather",
      description: "The weather.",
      parameters: #"{"type": "object", "properties": {"city": {"type": "string"}}}"#
    )
    let chat = try template.chat(
      Conversation(
        [ChatMessage(role: .user, content: "Hi")],
        tools: [tool],
        toolChoice: .required,
        reasoning: .off
      ),
      ControlTexts([]),
      controlTokens: [:]
    )
    let form = try #require(chat.form)
    let calls = try #require(form.calls)
    // Some templates have the model think whatever they are told.
    if form.thinking?.isOpen == true { return }
    let constraint = try TokenConstraint(ConstraintGrammar(.calls(calls), for: model), for: model)
    for text in ["Hello", " I", "Z", "1"] {
      let tokens = model.tokens(of: Array(text.utf8)[...], addSpecial: false, parseSpecial: false)
      let first = try #require(tokens.first)
      #expect(try !constraint.allows(first), "\(text): \(calls.gbnf.prefix(300))")
    }
  }

  @Test func `only what is outside parentheses and quotes is left out`() {
    let rule = #"root ::= "until-1 (" space ("<think>" until-4 "</think>")? until-61? tool-call"#
    #expect(
      Identifier(CallGrammar.withoutText(rule + "\nuntil-61 ::= \"a\""))
        == Identifier(
          #"root ::= "until-1 (" space ("<think>" until-4 "</think>")?  tool-call"#
            + "\nuntil-61 ::= \"a\""
        )
    )
  }
}
