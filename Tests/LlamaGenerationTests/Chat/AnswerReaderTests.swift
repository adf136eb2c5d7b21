import Foundation
import Generation
import Identifiers
import Testing

@testable import LlamaGeneration

/// A text as a family of models writes it, and what it says.
struct FamilyText: Sendable, CustomTestStringConvertible {
  var template: String
  var text: String
  var content = ""
  var reasoning = ""
  /// The arguments of the calls of `get_weather`.
  var calls: [String] = []
  var reasons = true

  var testDescription: String { "\(self.template): \(self.text.prefix(40))" }

  static let city = #"{"city": "Zürich 🏔", "days": 3}"#

  static let all = [
    // Hermes, Qwen
    FamilyText(
      template: "NousResearch-Hermes-3-Llama-3.1-8B-tool_use",
      text: "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": \(city)}\n</tool_call>",
      calls: [city]
    ),
    FamilyText(
      template: "Qwen-Qwen2.5-7B-Instruct",
      text: """
        Ich sehe nach.
        <tool_call>
        {"name": "get_weather", "arguments": \(city)}
        </tool_call>
        <tool_call>
        {"name": "get_weather", "arguments": {"city": "<tool_call>"}}
        </tool_call>
        """,
      content: "Ich sehe nach.",
      calls: [city, #"{"city": "<tool_call>"}"#]
    ),
    FamilyText(
      template: "Qwen-Qwen3-0.6B",
      text: """
        <think>
        Das weiß ich nicht: ich rufe <tool_call> auf.
        </think>

        <tool_call>
        {"name": "get_weather", "arguments": \(city)}
        </tool_call>
        """,
      reasoning: "Das weiß ich nicht: ich rufe <tool_call> auf.",
      calls: [city]
    ),
    FamilyText(
      template: "Qwen-Qwen3-0.6B",
      text: "<think>\nHm 🤔\n</think>\n\nEs ist 5 < 6.",
      content: "Es ist 5 < 6.",
      reasoning: "Hm 🤔"
    ),
    FamilyText(
      template: "Qwen3-Coder",
      text: """
        <tool_call>
        <function=get_weather>
        <parameter=city>
        Zürich 🏔
        </parameter>
        <parameter=days>
        3
        </parameter>
        </function>
        </tool_call>
        """,
      calls: [city]
    ),
    // Llama 3
    FamilyText(
      template: "meta-llama-Llama-3.1-8B-Instruct",
      text: #"{"name": "get_weather", "parameters": \#(city)}"#,
      calls: [city]
    ),
    FamilyText(
      template: "meta-llama-Llama-3.2-3B-Instruct",
      text: "Grüße aus Zürich",
      content: "Grüße aus Zürich"
    ),
    // Mistral
    FamilyText(
      template: "mistralai-Mistral-Nemo-Instruct-2407",
      text:
        #"[TOOL_CALLS][{"name": "get_weather", "arguments": \#(city), "id": "abcdefghi"}]"#,
      calls: [city]
    ),
    FamilyText(
      template: "mistralai-Ministral-3-14B-Reasoning-2512",
      text: "[THINK]Nachsehen?[/THINK]Gut.[TOOL_CALLS]get_weather[ARGS]\(city)",
      content: "Gut.",
      reasoning: "Nachsehen?",
      calls: [city]
    ),
    // DeepSeek
    FamilyText(
      template: "llama-cpp-deepseek-r1",
      text: """
        Nachsehen.</think><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather
        ```json
        \(city)
        ```<｜tool▁call▁end｜><｜tool▁calls▁end｜>
        """,
      reasoning: "Nachsehen.",
      calls: [city]
    ),
    FamilyText(
      template: "deepseek-ai-DeepSeek-V3.1",
      text: """
        Nachsehen.</think><tool_call>{"name": "get_weather", "arguments": \(city)}</tool_call>
        """,
      reasoning: "Nachsehen.",
      calls: [city]
    ),
    FamilyText(
      template: "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B",
      text: "Hm.\n</think>\n\nGut.",
      content: "Gut.",
      reasoning: "Hm."
    ),
    // gpt-oss
    FamilyText(
      template: "openai-gpt-oss-120b",
      text: """
        <|channel|>analysis<|message|>Nachsehen.<|end|><|start|>assistant<|channel|>commentary \
        to=functions.get_weather <|constrain|>json<|message|>\(city)
        """,
      reasoning: "Nachsehen.",
      calls: [city]
    ),
    FamilyText(
      template: "openai-gpt-oss-120b",
      text: """
        <|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Grüße
        """,
      content: "Grüße",
      reasoning: "Hm."
    ),
    // Gemma
    FamilyText(
      template: "google-gemma-4-31B-it",
      text:
        #"<|channel>thought\#nHm.<channel|><|tool_call>call:get_weather{city:<|"|>Zürich 🏔<|"|>,days:3}<tool_call|>"#,
      reasoning: "Hm.",
      calls: [city]
    ),
    FamilyText(
      template: "google-gemma-2-2b-it",
      text: #"Gut.<tool_call>{"name": "get_weather", "arguments": \#(city)}</tool_call>"#,
      content: "Gut.",
      calls: [city]
    ),
    // Others
    FamilyText(
      template: "Kimi-K2-Instruct",
      text: """
        <|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0\
        <|tool_call_argument_begin|>\(city)<|tool_call_end|><|tool_calls_section_end|>
        """,
      calls: [city]
    ),
    FamilyText(
      template: "GLM-4.6",
      text: """
        <think>Hm.</think>
        <tool_call>get_weather
        <arg_key>city</arg_key>
        <arg_value>Zürich 🏔</arg_value>
        <arg_key>days</arg_key>
        <arg_value>3</arg_value>
        </tool_call>
        """,
      reasoning: "Hm.",
      calls: [city]
    ),
    FamilyText(
      template: "meetkai-functionary-medium-v3.2",
      text: "get_weather\n\(city)",
      calls: [city]
    ),
  ]
}

@Suite struct AnswerReaderTests {
  @Test(arguments: FamilyText.all)
  func `an answer is the same wherever its text is cut`(family: FamilyText) throws {
    let form = try self.form(family)
    let whole = try Answer([family.text], form)
    #expect(whole.matches(family), "\(whole)")
    #expect(whole.finished?.reason == (family.calls.isEmpty ? .stop : .toolCalls))
    #expect(whole.finished?.isIncomplete == false)
    for place in family.text.indices.dropFirst() {
      let cut = try Answer([String(family.text[..<place]), String(family.text[place...])], form)
      #expect(cut.matches(family), "cut at \(family.text[..<place].suffix(12)): \(cut)")
    }
    let each = try Answer(family.text.map { String($0) }, form)
    #expect(each.matches(family), "\(each)")
  }

  @Test(arguments: FamilyText.all)
  func `a text that breaks off never has half a call that passes for a whole one`(
    family: FamilyText
  ) throws {
    let form = try self.form(family)
    for place in family.text.indices {
      for reason in [FinishReason.length, .cancelled] {
        let part = try Answer([String(family.text[..<place])], form, reason)
        #expect(part.finished?.reason == reason)
        let whole = part.calls.values.count { Self.isObject($0.arguments) }
        if part.finished?.isIncomplete == false {
          #expect(whole == part.calls.count, "\(family.text[..<place].suffix(20)): \(part)")
        }
        #expect(part.calls.count <= family.calls.count)
      }
    }
  }

  @Test(arguments: [
    ("Qwen-Qwen2.5-7B-Instruct", "Hi", "Hi"),
    ("Qwen-Qwen3-0.6B", "<think>\nHm.\n</think>\n\n", ""),
    ("Qwen-Qwen3-0.6B", "<think>\nHm.\n</think>\n\nHi", "Hi"),
    ("google-gemma-2-2b-it", "Hi <tool_call> you", "Hi <tool_call> you"),
    ("google-gemma-2-2b-it", "<tool_call>[1]</tool_call>", "<tool_call>[1]</tool_call>"),
  ])
  func `a text without a call is the answer`(
    template: String,
    text: String,
    content: String
  ) throws {
    let answer = try Answer([text], try self.form(FamilyText(template: template, text: text)))
    #expect(Identifier(answer.content) == Identifier(content))
    #expect(answer.calls.isEmpty)
    #expect(answer.finished?.reason == .stop)
    #expect(answer.finished?.isIncomplete == false)
  }

  private static func isObject(_ text: String) -> Bool {
    Answer.object(text) != nil
  }

  private func form(_ family: FamilyText) throws -> AnswerForm {
    let model = try Vocabularies.ofTestModel.get()
    let template = try ChatTemplate(
      model.pointer,
      source: try LlamaFiles.template(family.template)
    )
    let tool = Tool(
      name: "get_weather",
      description: "The weather.",
      parameters: """
        {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
        """
    )
    let chat = try template.chat(
      Conversation([ChatMessage(role: .user, content: "Hi")], tools: [tool]),
      ControlTexts([]),
      controlTokens: [:]
    )
    return try #require(chat.form)
  }
}

/// What a reader makes of a text.
private struct Answer: CustomStringConvertible {
  var content = ""
  var reasoning = ""
  var calls: [Int: (name: String, arguments: String)] = [:]
  var finished: GenerationFinished?

  init(_ pieces: [String], _ form: AnswerForm, _ reason: FinishReason = .stop) throws {
    var reader = ChatAnswerReader(form.parser)
    for piece in pieces where !piece.isEmpty {
      if let delta = try reader.read(GenerationDelta(text: piece, tokenCount: 1)) {
        self.add(delta)
      }
    }
    let (rest, finished) = try reader.end(
      GenerationFinished(
        reason: reason,
        usage: TokenUsage(promptTokens: 1, completionTokens: 1, cachedTokens: 0),
        timings: GenerationTimings(queue: .zero, prompt: .zero, completion: .zero)
      )
    )
    if let rest { self.add(rest) }
    self.finished = finished
  }

  private mutating func add(_ delta: GenerationDelta) {
    self.content += delta.text
    self.reasoning += delta.reasoning
    for call in delta.toolCalls {
      if let name = call.name { self.calls[call.index] = (name.text, "") }
      self.calls[call.index]?.arguments += call.arguments
    }
  }

  func matches(_ family: FamilyText) -> Bool {
    let calls = self.calls.sorted { $0.key < $1.key }.map(\.value)
    return Identifier(self.trimmed(self.content)) == Identifier(family.content)
      && Identifier(self.trimmed(self.reasoning)) == Identifier(family.reasoning)
      && calls.allSatisfy { Identifier($0.name) == "get_weather" }
      && calls.map { Self.object($0.arguments) } == family.calls.map { Self.object($0) }
  }

  static func object(_ text: String) -> NSDictionary? {
    try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
  }

  /// What models and templates put around contents is not looked at.
  private func trimmed(_ text: String) -> String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  var description: String {
    "\(self.content.debugDescription) \(self.reasoning.debugDescription) \(self.calls)"
  }
}
