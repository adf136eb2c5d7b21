import Generation
import Identifiers
import Testing

@testable import LlamaGeneration

@Suite struct ConstraintCacheTests {
  private let model: LlamaModel
  private let queue = WorkQueue.started(name: "test", hurries: false)
  private let cache: ConstraintCache

  init() throws {
    self.model = try Vocabularies.ofTestModel.get()
    self.cache = ConstraintCache(self.model, compilingOn: self.queue)
  }

  private static let yesOrNo = TextConstraint.given(.grammar(#"root ::= "yes" | "no""#))

  @Test func `a constraint is compiled once, also for those who ask together`() async throws {
    let cache = self.cache
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0 ..< 20 {
        group.addTask {
          _ = try await cache.grammar(of: Self.yesOrNo, for: .user("\(number)"))
        }
      }
      try await group.waitForAll()
    }
    _ = try await cache.grammar(of: Self.yesOrNo, for: .anyone)
    #expect(cache.compilations == 1)
  }

  @Test func `a caller who goes away does not end what others wait for`() async throws {
    let cache = self.cache
    let queue = self.queue
    // Both ask while the thread is busy.
    let blocker = Task {
      try await queue.run(for: .anyone) { () async throws(GenerationError) in
        while true { try await WorkQueue.endSlice() }
      }
    }
    let first = Task { try await cache.grammar(of: Self.yesOrNo, for: .user("first")) }
    let second = Task { try await cache.grammar(of: Self.yesOrNo, for: .user("second")) }
    first.cancel()
    let result = await first.result
    blocker.cancel()
    _ = try await second.value
    // Cancelled before or after it was compiled.
    if case .failure(let error) = result {
      #expect((error as? GenerationError)?.code == .deadlineExceeded)
    }
    #expect(cache.compilations <= 2)
  }

  @Test func `what is wrong is found once, too`() async throws {
    for _ in 0 ..< 2 {
      let error = await #expect(throws: GenerationError.self) {
        try await self.cache.grammar(of: .given(.grammar("root ::= nothing")), for: .anyone)
      }
      #expect(error?.code == .invalidRequest)
    }
    #expect(self.cache.compilations == 1)
  }

  @Test func `texts are told apart by their bytes, and by what they are`() async throws {
    for text in ["root ::= \"\u{E9}\"", "root ::= \"e\u{301}\""] {
      _ = try await self.cache.grammar(of: .given(.grammar(text)), for: .anyone)
    }
    _ = try? await self.cache.grammar(of: .given(.jsonSchema("root ::= \"\u{E9}\"")), for: .anyone)
    #expect(self.cache.compilations == 3)
  }

  @Test func `those that were not used for long are forgotten`() async throws {
    for number in 0 ..< 65 {
      _ = try await self.cache.grammar(of: .given(.grammar("root ::= \"\(number)\"")), for: .anyone)
    }
    _ = try await self.cache.grammar(of: .given(.grammar("root ::= \"64\"")), for: .anyone)
    #expect(self.cache.compilations == 65)
    _ = try await self.cache.grammar(of: .given(.grammar("root ::= \"0\"")), for: .anyone)
    #expect(self.cache.compilations == 66)
  }
}
