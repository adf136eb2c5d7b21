import Foundation
import Generation
import Identifiers
import LlamaGeneration
import Testing

/// With the real model. Each test has requesters of its own, so that none sees another's texts.
@Suite struct PrefixReuseTests {
  private let generator: LlamaGenerator
  private let user = Requester.user("\(UUID())")

  init() throws {
    self.generator = try TestModel.shared()
  }

  @Test func `a prompt that was answered before is computed from its last token on`() async throws {
    let first = try await self.outcome(self.prompt)
    #expect(first.started?.cachedTokens == 0)
    let second = try await self.outcome(self.prompt)
    let promptTokens = try #require(second.started?.promptTokens)
    #expect(second.started?.cachedTokens == promptTokens - 1)
    #expect(second.finished?.usage.cachedTokens == promptTokens - 1)
    #expect(second.text == first.text)
  }

  @Test func `a conversation that goes on keeps what was said`() async throws {
    let first = try await self.outcome(self.prompt)
    let longer = self.prompt + first.text + " And after that, nobody was"
    let second = try await self.outcome(longer)
    let promptTokens = try await self.countOfPrompt()
    #expect(try #require(second.started?.cachedTokens) >= promptTokens)
  }

  @Test func `the text of another user is not used`() async throws {
    _ = try await self.outcome(self.prompt)
    var request = self.request(self.prompt)
    request.requester = .user("\(UUID())")
    let other = try await Outcome(request, on: self.generator)
    #expect(other.started?.cachedTokens == 0)
  }

  @Test func `a text that is cancelled leaves its beginning`() async throws {
    var request = self.request(self.prompt)
    request.maxTokens = 400
    let events = try await self.generator.generate(request)
    var iterator = events.makeAsyncIterator()
    for _ in 0 ..< 2 { _ = try await iterator.next() }
    events.cancel()
    let second = try await self.outcome(self.prompt)
    #expect(second.started?.cachedTokens == second.started?.promptTokens.map { $0 - 1 })
  }

  @Test func `a text that others have displaced comes back`() async throws {
    let first = try await self.outcome(self.prompt)
    for _ in 0 ..< 2 {
      try await withThrowingTaskGroup { group in
        for number in 0 ..< TestModel.parallel {
          var request = self.request("Number \(number): \(UUID().uuidString)")
          request.requester = .user("\(UUID())")
          group.addTask { [generator, request] in _ = try await Outcome(request, on: generator) }
        }
        try await group.waitForAll()
      }
    }
    let second = try await self.outcome(self.prompt)
    #expect(second.started?.cachedTokens == second.started?.promptTokens.map { $0 - 1 })
    #expect(second.text == first.text)
  }

  @Test func `of texts that come at once and begin alike, one computes the beginning`() async throws
  {
    let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
      for number in 0 ..< 4 {
        let request = self.request(self.prompt + " \(number)")
        group.addTask { [generator] in try await Outcome(request, on: generator) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let cached = outcomes.compactMap(\.started?.cachedTokens).sorted()
    #expect(cached.first == 0)
    #expect(cached.dropFirst().allSatisfy { $0 >= self.prompt.count / 10 }, "\(cached)")
  }

  private let prompt =
    "In the year 1900, three brothers lived in a small house by the sea. The eldest was a sailor, "
    + "the second a baker, and the youngest wanted to see the world. One morning in spring,"

  private func countOfPrompt() async throws -> Int {
    try await self.generator.countTokens(.prompt(self.prompt))
  }

  private func request(_ prompt: String) -> GenerationRequest {
    GenerationRequest(
      input: .prompt(prompt),
      sampling: SamplingOptions(temperature: 0),
      maxTokens: 6,
      requester: self.user
    )
  }

  private func outcome(_ prompt: String) async throws -> Outcome {
    try await Outcome(self.request(prompt), on: self.generator)
  }
}
