import Foundation
import Generation
import Identifiers
import Testing

@testable import LlamaGeneration

/// Calls of tools by the model of the tests, whose template knows no tools.
@Suite struct ToolCallTests {
  private let generator: LlamaGenerator

  init() throws {
    self.generator = try TestModel.shared()
  }

  private static let weather = Tool(
    name: "get_weather",
    description: "The weather of the next days.",
    parameters: """
      {"type": "object", "properties": {"city": {"type": "string", "maxLength": 20}, \
      "days": {"type": "integer", "minimum": 1, "maximum": 7}}, "required": ["city", "days"], \
      "additionalProperties": false}
      """
  )
  private static let time = Tool(name: "get_time", description: "The time.", parameters: "")

  /// More with TOKENWIRE_TEST_SEEDS.
  private static let seeds =
    ProcessInfo.processInfo.environment["TOKENWIRE_TEST_SEEDS"].flatMap { UInt32($0) } ?? 12

  private func request(
    _ choice: ToolChoice,
    seed: UInt32 = 1,
    maxTokens: Int = 200,
    parallel: Bool = false
  ) -> GenerationRequest {
    GenerationRequest(
      input: .conversation(
        Conversation(
          [ChatMessage(role: .user, content: "What is the weather in Zürich?")],
          tools: [Self.weather, Self.time],
          toolChoice: choice,
          allowsParallelToolCalls: parallel
        )
      ),
      sampling: SamplingOptions(seed: seed),
      maxTokens: maxTokens
    )
  }

  @Test(arguments: 0 ..< seeds)
  func `a call by name has valid arguments, with every seed`(seed: UInt32) async throws {
    let outcome = try await Outcome(
      self.request(.named("get_weather"), seed: seed),
      on: self.generator
    )
    let call = try #require(outcome.calls[0])
    #expect(outcome.calls.count == 1)
    #expect(call.name == "get_weather")
    #expect(!call.id.isEmpty)
    #expect(outcome.text == "")
    #expect(outcome.finished?.reason == .toolCalls)
    #expect(outcome.finished?.isIncomplete == false)
    struct Arguments: Decodable {
      var city: String
      var days: Int
    }
    let arguments = try JSONDecoder().decode(Arguments.self, from: Data(call.arguments.utf8))
    #expect(1 ... 7 ~= arguments.days)
    #expect(arguments.city.unicodeScalars.count <= 20)
    #expect(outcome.deltas.flatMap(\.tokenIDs).count == outcome.finished?.usage.completionTokens)
  }

  @Test(arguments: 0 ..< 4 as Range<UInt32>)
  func `a required call is of one of the tools`(seed: UInt32) async throws {
    let outcome = try await Outcome(self.request(.required, seed: seed), on: self.generator)
    #expect(outcome.finished?.reason == .toolCalls)
    let call = try #require(outcome.calls[0])
    #expect(["get_weather", "get_time"].contains(call.name))
    if call.name == "get_time" { #expect(call.arguments == "{}") }
  }

  @Test func `several texts each have their calls`() async throws {
    var request = self.request(.required)
    request.n = 3
    var calls: Set<Int> = []
    var ends = 0
    for try await event in try await self.generator.generate(request) {
      switch event {
      case .delta(let delta): if !delta.toolCalls.isEmpty { calls.insert(delta.index) }
      case .finished(let finished):
        ends += 1
        #expect(finished.reason == .toolCalls)
      default: break
      }
    }
    #expect(calls == [0, 1, 2])
    #expect(ends == 3)
  }

  @Test(arguments: [1, 2, 5, 10, 15])
  func `half a call is marked incomplete`(maxTokens: Int) async throws {
    let outcome = try await Outcome(
      self.request(.named("get_weather"), maxTokens: maxTokens),
      on: self.generator
    )
    #expect(outcome.finished?.reason == .length)
    #expect(outcome.finished?.isIncomplete == true)
    #expect(outcome.text == "")
  }

  @Test func `without a choice for tools there is no call`() async throws {
    let outcome = try await Outcome(self.request(.none, maxTokens: 30), on: self.generator)
    #expect(outcome.calls.isEmpty)
    #expect(!outcome.text.isEmpty)
    #expect(outcome.finished?.reason == .length)
  }

  @Test func `what a call must look like is not asked for twice`() async throws {
    var request = self.request(.required)
    request.constraint = .jsonSchema("{}")
    let error = await #expect(throws: GenerationError.self) {
      try await Outcome(request, on: self.generator)
    }
    #expect(error?.code == .invalidRequest)
    #expect(error?.message.contains("json_schema and tools cannot be used together") == true)
  }

  @Test(
    arguments: [
      (#"{"type": "matrix"}"#, ""),
      (
        #"{"type": "array", "items": {}}"#,
        #"the type at the top is "array", but the arguments of a call are an object"#
      ),
    ]
  )
  func `a schema that is not supported is told with its tool`(
    schema: String,
    problem: String
  ) async throws {
    var request = self.request(.required)
    request.input = .conversation(
      Conversation(
        [ChatMessage(role: .user, content: "Hi")],
        tools: [
          Self.time, Tool(name: "b", description: "", parameters: schema),
        ],
        toolChoice: .required
      )
    )
    let error = await #expect(throws: GenerationError.self) {
      try await Outcome(request, on: self.generator)
    }
    #expect(error?.code == .invalidRequest)
    #expect(
      error?.message.hasPrefix("tools[1].parameters: \(problem)") == true,
      "\(error?.message ?? "")"
    )
  }

  @Test(arguments: ["{", "[]", "3"])
  func `parameters that are no JSON object are refused`(json: String) async throws {
    let tool = Tool(name: "a", description: "", parameters: json)
    let conversation = Conversation([ChatMessage(role: .user, content: "Hi")], tools: [tool])
    let error = await #expect(throws: GenerationError.self) {
      try await self.generator.countTokens(.conversation(conversation))
    }
    #expect(error?.code == .invalidRequest)
    #expect(error?.message.hasPrefix("tools[0].parameters") == true, "\(error?.message ?? "")")
  }

  /// Of a call that ended at a limit, say: agents send it back with an error as its result.
  @Test(arguments: ["{", "[]", "3", #"{"city": "Zür"#])
  func `arguments that are no JSON object are shown as they are`(text: String) async throws {
    let conversation = Conversation([
      ChatMessage(role: .user, content: "Hi"),
      ChatMessage(
        role: .assistant,
        content: "",
        toolCalls: [ToolCall(id: "1", name: "a", arguments: text)]
      ), ChatMessage(role: .tool, content: "no JSON", toolCallID: "1"),
    ])
    let tokens = try await self.generator.tokens(
      of: .conversation(conversation),
      requester: .anyone
    )
    let prompt = try await self.generator.text(of: tokens, requester: .anyone)
    let quoted = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    #expect(prompt.contains(quoted), "\(prompt)")
  }

  @Test func `an echoed prompt comes before the call, whatever it has`() async throws {
    var request = self.request(.named("get_weather"))
    request.echo = true
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.text.contains("To call one, write <tool_call>"))
    #expect(outcome.text.hasSuffix("<|im_start|>assistant\n"))
    #expect(outcome.calls.count == 1)
  }

  @Test func `an assistant's last message is continued`() async throws {
    let request = GenerationRequest(
      input: .conversation(
        Conversation([
          ChatMessage(role: .system, content: "You are a helpful assistant."),
          ChatMessage(role: .user, content: "What is the capital of France?"),
          ChatMessage(role: .assistant, content: "The capital of France is"),
        ])
      ),
      sampling: SamplingOptions(temperature: 0),
      maxTokens: 10
    )
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.text.hasPrefix(" Paris"), "\(outcome.text)")
  }

  @Test func `the model's template tells what it knows`() throws {
    let template = try #require(self.generator.model.chatTemplate)
    #expect(!template.tools)
    #expect(!template.reasoning)
    #expect(template.systemRole)
  }
}

extension Outcome {
  /// The calls of the text.
  fileprivate var calls: [Int: ToolCall] {
    var calls: [Int: ToolCall] = [:]
    for call in self.deltas.flatMap(\.toolCalls) {
      if let id = call.id, let name = call.name {
        calls[call.index] = ToolCall(id: id, name: name, arguments: "")
      }
      calls[call.index]?.arguments += call.arguments
    }
    return calls
  }
}
