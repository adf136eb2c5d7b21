import Generation
import Identifiers
import RPC
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// What is reported of a prompt, as callers get it.
@Suite struct PromptReportTests {
  /// Reports what it was asked for.
  private struct ReportingGenerator: TextGenerator {
    let model = ModelDescription(
      id: "m",
      description: "",
      parameters: 0,
      sizeBytes: 0,
      contextLength: 1000,
      trainingContextLength: 2000
    )

    func generate(_ request: GenerationRequest) async throws(GenerationError) -> GenerationEvents {
      let buffer = EventBuffer(capacity: 8) {}
      if request.reportsProgress {
        buffer.push(.progress(PromptProgress(processed: 5, total: 7, cached: 3)))
      }
      if let alternatives = request.promptLogprobs {
        let logprob = Generation.Logprob(tokenID: 9, token: [0xFF], logprob: -1.5)
        let top = Array(repeating: logprob, count: alternatives)
        let token = Generation.TokenLogprobs(chosen: logprob, top: top)
        buffer.push(.promptLogprobs(Generation.PromptLogprobs(offset: 4, logprobs: [token])))
      }
      buffer.finish(throwing: GenerationError(.unavailable, "stopped"))
      return buffer.events()
    }

    func countTokens(
      _ input: GenerationInput,
      requester: Requester
    ) async throws(GenerationError) -> Int {
      1
    }

    func run() async {
      // A sleep that is cancelled is what the protocol asks for.
      try? await Task.sleep(for: .seconds(1_000_000))
    }
  }

  @Test func `progress and probabilities come as events, numbered as all`() async throws {
    try await withService(ReportingGenerator()) { client in
      let request = GenerateRequest(
        input: .prompt("x"),
        promptLogprobs: 2,
        reportProgress: true
      )
      var responses: [GenerateResponse] = []
      do {
        for try await response in try await client.api.generate(request) {
          responses.append(response)
        }
      } catch let error as CallError {
        #expect(error.code == .unavailable)
      }
      #expect(responses.map(\.seq) == [0, 1])
      #expect(responses.map(\.completionTokens) == [0, 0])
      #expect(responses.first?.event == .progress(Progress(processed: 5, total: 7, cached: 3)))
      guard case .promptLogprobs(let stretch)? = responses.last?.event else {
        Issue.record("\(responses)")
        return
      }
      #expect(stretch.offset == 4)
      #expect(stretch.logprobs.map(\.chosen?.logprob) == [-1.5])
      #expect(stretch.logprobs.map(\.top.count) == [2])
    }
  }

  @Test(arguments: [-1, 21] as [Int32])
  func `more alternatives than a token has are refused`(count: Int32) async throws {
    try await withService(ReportingGenerator()) { client in
      let request = GenerateRequest(input: .prompt("x"), promptLogprobs: count)
      let message = "prompt_logprobs is \(count), but must be from 0 to 20"
      await #expect(throws: CallError(.invalidArgument, message)) {
        _ = try await client.api.generate(request).collect()
      }
    }
  }

  @Test func `the context length of a model's training is listed`() async throws {
    try await withService(ReportingGenerator()) { client in
      // It is loaded by then.
      _ = try await client.api.countTokens(CountTokensRequest(input: .prompt("x")))
      let models = try await client.api.listModels(ListModelsRequest()).models
      #expect(models.map(\.trainingContextLength) == [2000])
    }
  }
}
