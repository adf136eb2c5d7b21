import Foundation
import Generation
import Identifiers
import Recording
import Testing
import TokenwireAPI

@testable import tokenwire

@Suite struct RecordedTextsTests {
  private static func golden(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Recordings/\(name).frames.jsonl").path
  }

  /// Runs a generator that plays a golden recording, for as long as `body` runs.
  private static func with(
    _ name: String,
    _ body: @escaping @Sendable (RecordedGenerator) async throws -> Void
  ) async throws {
    let generator = try Self.generator(name)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await generator.run() }
      defer { group.cancelAll() }
      try await body(generator)
    }
  }

  private static let conversation = GenerationRequest(
    input: .conversation(
      Conversation([Generation.ChatMessage(role: .user, content: "Say something")])
    )
  )
  private static let prompt = GenerationRequest(input: .prompt("Say something"))

  @Test func `a recorded text comes again, delta by delta, each time`() async throws {
    try await Self.with("stream") { generator in
      #expect(generator.model.id == "scripted")
      for _ in 0 ..< 2 {
        var deltas: [String] = []
        var finished: GenerationFinished?
        for try await event in try await generator.generate(Self.conversation) {
          switch event {
          case .started(let started): #expect(started.seed == 7)
          case .delta(let delta): deltas.append(delta.text)
          case .finished(let end): finished = end
          case .progress, .promptLogprobs: Issue.record("nothing of the prompt was recorded")
          }
        }
        #expect(deltas.prefix(3) == ["The", " quick", " brown"])
        #expect(finished?.reason == .length)
        #expect(finished?.usage.completionTokens == 20)
      }
      #expect(try await generator.countTokens(Self.conversation.input) == 2)
    }
  }

  @Test func `of several texts, events keep which they are of`() {
    let delta = GenerationEvent(GenerateResponse(event: .delta(Delta(text: "a", index: 1))))
    #expect(delta == .delta(GenerationDelta(index: 1, text: "a")))
    let finished = Finished(finishReason: .length, incomplete: true, index: 2)
    guard case .finished(let end)? = GenerationEvent(GenerateResponse(event: .finished(finished)))
    else {
      Issue.record("the end of a text is another event")
      return
    }
    #expect(end.index == 2)
    #expect(end.isIncomplete)
  }

  @Test func `thoughts and calls come again, too`() {
    let pieces = [
      TokenwireAPI.ToolCallDelta(index: 1, id: "call_2", name: "look", arguments: "{"),
      TokenwireAPI.ToolCallDelta(index: 1, arguments: "}"),
    ]
    let delta = Delta(reasoningText: "Hm", toolCalls: pieces)
    #expect(
      GenerationEvent(GenerateResponse(event: .delta(delta)))
        == .delta(
          GenerationDelta(
            text: "",
            reasoning: "Hm",
            toolCalls: [
              Generation.ToolCallDelta(index: 1, id: "call_2", name: "look", arguments: "{"),
              Generation.ToolCallDelta(index: 1, arguments: "}"),
            ]
          )
        )
    )
    let finished = Finished(finishReason: .toolCalls)
    guard case .finished(let end)? = GenerationEvent(GenerateResponse(event: .finished(finished)))
    else {
      Issue.record("the end of a text is another event")
      return
    }
    #expect(end.reason == .toolCalls)
  }

  @Test func `a recorded error comes where it came`() async throws {
    try await Self.with("error") { generator in
      var deltas = 0
      let error = await #expect(throws: GenerationError.self) {
        for try await event in try await generator.generate(Self.prompt) {
          if case .delta = event { deltas += 1 }
        }
      }
      #expect(error?.code == .deadlineExceeded)
      #expect(deltas > 3)
    }
  }

  @Test func `a text whose caller went away ends there with an error`() async throws {
    try await Self.with("cancel") { generator in
      let error = await #expect(throws: GenerationError.self) {
        for try await _ in try await generator.generate(Self.prompt) {}
      }
      #expect(
        error == GenerationError(.unavailable, "The recorded caller has ended this text here")
      )
    }
  }

  @Test func `a recording without texts is refused`() {
    #expect(throws: ConfigurationError.self) {
      try RecordedTexts(path: Self.golden("refused-token"))
    }
    #expect(throws: RecordingError.self) { try RecordedTexts(path: "/nowhere") }
  }

  private static func generator(_ name: String) throws -> RecordedGenerator {
    let texts = try RecordedTexts(path: Self.golden(name))
    return RecordedGenerator(texts, model: texts.models[0])
  }
}
