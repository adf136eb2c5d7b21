import Generation
import Identifiers
import Testing

@testable import LlamaGeneration

/// Answers that a parser which calls itself for each bracket could overflow its stack with.
@Suite(.enabled(if: LlamaFiles.folder != nil)) struct HostileAnswerTests {
  @Test(
    arguments: [
      "Kimi-K2-Instruct", "Qwen-Qwen2.5-7B-Instruct", "Mistral-Small-3.2-24B-Instruct-2506",
    ],
    ["[", #"{"a":"#]
  )
  func `a deeply nested answer does not end the process`(name: String, part: String) throws {
    let model = try LlamaFiles.llama2.get()
    let template = try ChatTemplate(model.pointer, source: try LlamaFiles.template(name))
    let tool = Tool(name: "f", description: "", parameters: "")
    let chat = try model.chat(
      Conversation([ChatMessage(role: .user, content: "Hi")], tools: [tool]),
      template
    )
    let parser = try #require(chat.form?.parser)
    let beginnings = [
      "", #"<tool_call>{"name":"f","arguments":{"a":"#, #"[TOOL_CALLS]f[ARGS]{"a":"#,
      "<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>"
        + #"{"a":"#,
    ]
    for beginning in beginnings {
      for count in [1000, 49_000, 200_000] {
        let text = Array((beginning + String(repeating: part, count: count)).utf8)
        for extent in [AnswerParser.Extent.whole, .beginning, .anything] {
          let answer = try? parser.answer(in: text, as: extent)
          if count > 50_000 { #expect(answer == nil) }
        }
      }
    }
    #expect(try parser.answer(in: Array("Hi".utf8), as: .beginning).content == "Hi")
  }
}
