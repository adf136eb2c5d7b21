import Generation
import Identifiers
import LlamaGeneration
import Testing

/// What is reported of a prompt while it is computed.
@Suite struct PromptReportTests {
  private let generator: LlamaGenerator

  init() throws {
    self.generator = try TestModel.shared()
  }

  @Test(arguments: [false, true])
  func `the probability of a chosen token is the same when it is a prompt's`(
    deterministic: Bool
  ) async throws {
    let prompt = try await self.generator.tokens(of: .prompt(Self.story), requester: .anyone)
    var request = self.request(prompt)
    request.maxTokens = 8
    request.logprobs = 3
    let text = try await Outcome(request, on: self.generator)
    let chosen = text.deltas.flatMap(\.logprobs)
    try #require(chosen.count == 8)

    var longer = self.request(prompt + chosen.map(\.chosen.tokenID))
    longer.promptLogprobs = 3
    longer.deterministic = deterministic
    let outcome = try await Outcome(longer, on: self.generator)
    let reported = outcome.promptLogprobs.flatMap(\.logprobs).suffix(8)
    for (one, other) in zip(chosen, reported) {
      #expect(one.chosen.tokenID == other.chosen.tokenID)
      #expect(one.chosen.token == other.chosen.token)
      #expect(abs(one.chosen.logprob - other.chosen.logprob) < 1e-2)
      #expect(one.top.first?.tokenID == other.top.first?.tokenID)
    }
  }

  @Test func `each token of the prompt is reported once, whatever is cached`() async throws {
    let prompt = (0 ..< 200).map { Int32(1000 + $0) }
    var request = self.request(prompt)
    request.promptLogprobs = 2
    for n in 1 ... 2 {
      request.n = n
      let outcome = try await Outcome(request, on: self.generator)
      #expect(outcome.started?.cachedTokens == 0)
      let stretches = outcome.promptLogprobs
      #expect(stretches.allSatisfy { 1 ... 64 ~= $0.logprobs.count })
      var offset = 0
      for stretch in stretches {
        #expect(stretch.offset == offset)
        offset += stretch.logprobs.count
      }
      let logprobs = stretches.flatMap(\.logprobs)
      #expect(logprobs.map(\.chosen.tokenID) == prompt)
      #expect(logprobs.first?.chosen.logprob == 0)
      #expect(logprobs.first?.top == [])
      #expect(logprobs.dropFirst().allSatisfy { $0.chosen.logprob < 0 && $0.top.count == 2 })
    }
  }

  @Test(arguments: [1, 2])
  func `a short prompt is reported, too, even if nothing is generated`(count: Int) async throws {
    var request = self.request(Array(repeating: 500, count: count))
    request.promptLogprobs = 0
    request.maxTokens = 0
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.promptLogprobs.flatMap(\.logprobs).count == count)
    #expect(outcome.finished?.reason == .length)
    #expect(outcome.finished?.usage.completionTokens == 0)
  }

  @Test func `the progress of a long prompt ends with all of it`() async throws {
    let prompt = (0 ..< 500).map { Int32(2000 + $0) }
    var request = self.request(prompt)
    request.reportsProgress = true
    // Computed in parts, with which it takes more than one step.
    request.promptLogprobs = 0
    request.n = 2
    let progress = try await Outcome(request, on: self.generator).progress
    #expect(progress.count >= 2)
    #expect(progress.map(\.processed) == Set(progress.map(\.processed)).sorted())
    #expect(progress.last?.processed == 500)
    #expect(progress.allSatisfy { $0.total == 500 && $0.cached == 0 })
  }

  @Test func `a prompt that takes one step has no progress`() async throws {
    var request = self.request([700, 701, 702])
    request.reportsProgress = true
    #expect(try await Outcome(request, on: self.generator).progress == [])
  }

  @Test func `a reader that is slow gets each probability once`() async throws {
    let generator = try LlamaGenerator(
      LlamaConfiguration(modelPath: TestModel.path, parallel: 1, contextLength: 256, threads: 1),
      logger: TestModel.logger
    )
    var request = self.request((0 ..< 100).map { Int32(3000 + $0) })
    request.promptLogprobs = 0
    request.maxTokens = 90
    request.sampling.ignoreEOS = true
    try await withThrowingTaskGroup { group in
      group.addTask { await generator.run() }
      let unread = try await generator.generate(request)
      _ = try await Outcome(.question("The capital of France is"), on: generator)
      var count = 0
      for try await event in unread {
        if case .promptLogprobs(let stretch) = event { count += stretch.logprobs.count }
      }
      #expect(count == 100)
      group.cancelAll()
    }
  }

  private static let story =
    "In the year 1900, three brothers lived in a small house by the sea. The eldest was a sailor,"

  private func request(_ prompt: [Int32]) -> GenerationRequest {
    GenerationRequest(
      input: .tokens(prompt),
      sampling: SamplingOptions(temperature: 0, ignoreEOS: true),
      maxTokens: 2,
      requester: .user("report")
    )
  }
}
