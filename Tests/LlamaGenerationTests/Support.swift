import Foundation
import Generation
import LlamaGeneration
import Logging
import Testing

/// The model of the tests, loaded once for the process.
enum TestModel {
  static let path: String = {
    guard let path = ProcessInfo.processInfo.environment["TOKENWIRE_TEST_MODEL"] else {
      preconditionFailure("TOKENWIRE_TEST_MODEL must be the path of a model: run `make test`")
    }
    return path
  }()

  static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

  static let parallel = 8

  private static let generator = Result {
    try LlamaGenerator(
      LlamaConfiguration(
        modelPath: path,
        parallel: parallel,
        contextLength: 512,
        // Several would wait for each other at every step, and on a busy machine for long.
        threads: 1
      ),
      logger: logger
    )
  }

  /// Runs for as long as the process: the tests share one model.
  private static let running = Task { await (try? generator.get())?.run() }

  static func shared() throws -> LlamaGenerator {
    _ = running
    return try generator.get()
  }
}

/// All events of a generation.
struct Outcome: Sendable {
  var started: GenerationStarted?
  var deltas: [GenerationDelta] = []
  var finished: GenerationFinished?
  var progress: [PromptProgress] = []
  var promptLogprobs: [PromptLogprobs] = []

  var text: String { self.deltas.map(\.text).joined() }

  init() {}

  init(_ request: GenerationRequest, on generator: LlamaGenerator) async throws {
    for try await event in try await generator.generate(request) {
      switch event {
      case .started(let started): self.started = started
      case .delta(let delta): self.deltas.append(delta)
      case .finished(let finished): self.finished = finished
      case .progress(let progress):
        #expect(self.deltas.isEmpty)
        self.progress.append(progress)
      case .promptLogprobs(let stretch):
        #expect(self.deltas.isEmpty)
        self.promptLogprobs.append(stretch)
      }
    }
  }
}

extension GenerationRequest {
  /// A greedy answer to a question.
  static func question(_ text: String, maxTokens: Int = 40) -> GenerationRequest {
    GenerationRequest(
      input: .conversation(
        Conversation([
          // With its template's own first message, the model knows less.
          ChatMessage(role: .system, content: "You are a helpful assistant."),
          ChatMessage(role: .user, content: text),
        ])
      ),
      sampling: SamplingOptions(temperature: 0),
      maxTokens: maxTokens
    )
  }
}
