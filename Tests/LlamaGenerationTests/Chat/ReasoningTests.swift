import Foundation
import Generation
import Testing

@testable import LlamaGeneration

/// What a model thinks before its answer, with a template that lets it think.
@Suite struct ReasoningTests {
  /// The model of the tests with the template of a model that thinks.
  private static let generator = Result {
    try LlamaGenerator(
      LlamaConfiguration(
        modelPath: TestModel.path,
        parallel: 2,
        contextLength: 512,
        threads: 1,
        chatTemplate: LlamaFiles.template("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B")
      ),
      logger: TestModel.logger
    )
  }

  private static let running = Task { await (try? generator.get())?.run() }

  private func outcome(
    thinking maximum: Int?,
    maxTokens: Int = 60,
    constraint: Constraint? = nil,
    deterministic: Bool = false
  ) async throws -> Outcome {
    _ = Self.running
    var request = GenerationRequest(
      input: .conversation(
        Conversation(
          [ChatMessage(role: .user, content: "Wie spät ist es?")],
          maximumReasoningTokens: maximum
        )
      ),
      sampling: SamplingOptions(temperature: 0),
      maxTokens: maxTokens
    )
    request.constraint = constraint
    request.deterministic = deterministic
    return try await Outcome(request, on: try Self.generator.get())
  }

  private func reasoning(_ outcome: Outcome) -> String {
    outcome.deltas.map(\.reasoning).joined()
  }

  @Test func `what it thinks is apart from its answer, and ends at its limit`() async throws {
    let outcome = try await self.outcome(thinking: 8)
    #expect(!self.reasoning(outcome).isEmpty)
    #expect(!outcome.text.isEmpty)
    #expect(!outcome.text.contains("</think>"))
    let usage = try #require(outcome.finished?.usage)
    let end = try await Self.generator.get().tokens(of: .prompt("</think>"), requester: .anyone)
    #expect(8 + end.count ... 11 + end.count ~= usage.reasoningTokens)
    #expect(usage.completionTokens == 60)
    #expect(outcome.deltas.flatMap(\.tokenIDs).count == 60)
  }

  /// Deterministic texts have no drafts.
  @Test func `the end of its thinking is the same with drafts as without`() async throws {
    let schema = Constraint.jsonSchema(
      #"{"properties": {"time_of_day": {"enum": ["morning", "noon"]}}, "required": ["time_of_day"]}"#
    )
    for maximum in [1, 5, 20] {
      let outcomes = [
        try await self.outcome(thinking: maximum, constraint: schema),
        try await self.outcome(thinking: maximum, constraint: schema, deterministic: true),
      ]
      #expect(outcomes[0].text == outcomes[1].text)
      #expect(self.reasoning(outcomes[0]) == self.reasoning(outcomes[1]))
      let usages = outcomes.map { $0.finished?.usage }
      #expect(usages[0]?.completionTokens == usages[1]?.completionTokens)
      #expect(usages[0]?.reasoningTokens == usages[1]?.reasoningTokens)
      #expect(outcomes[0].finished?.isIncomplete == false)
    }
  }

  @Test func `without a limit it may think until its text ends`() async throws {
    let outcome = try await self.outcome(thinking: nil, maxTokens: 10)
    #expect(!self.reasoning(outcome).isEmpty)
    #expect(outcome.text == "")
    #expect(outcome.finished?.usage.reasoningTokens == 10)
    #expect(outcome.finished?.reason == .length)
  }

  @Test func `it may have to answer at once`() async throws {
    let outcome = try await self.outcome(thinking: 0)
    #expect(self.reasoning(outcome) == "")
    #expect(!outcome.text.isEmpty)
  }

  @Test func `a constraint counts for the answer`() async throws {
    let schema = Constraint.jsonSchema(#"{"type": "integer", "maximum": 9, "minimum": 0}"#)
    let outcome = try await self.outcome(thinking: 6, constraint: schema)
    #expect(!self.reasoning(outcome).isEmpty)
    #expect(Int(outcome.text) != nil, "\(outcome.text)")
    #expect(outcome.finished?.reason == .stop)
    #expect(outcome.finished?.isIncomplete == false)
    let part = try await self.outcome(thinking: nil, maxTokens: 5, constraint: schema)
    #expect(part.finished?.isIncomplete == true, "the answer has not begun")
  }

  @Test func `the template tells that it thinks`() throws {
    let template = try #require(try Self.generator.get().model.chatTemplate)
    #expect(template.systemRole)
  }
}
