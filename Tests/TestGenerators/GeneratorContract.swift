public import Generation
import Identifiers
import Testing

/// What each generator promises, whatever it is: one set of cases for all of them.
public struct GeneratorContract: Sendable {
  /// Makes a generator, which is not running yet.
  public var newGenerator: @Sendable () async throws -> any TextGenerator
  /// A request that it answers with the same text of at least ten tokens each time.
  public var request: GenerationRequest
  /// Whether it obeys the request's options; one that plays what was recorded does not.
  public var obeysOptions: Bool

  /// - Parameters:
  ///   - request: one that is answered with the same text of at least ten tokens each time.
  public init(
    of request: GenerationRequest,
    obeysOptions: Bool = true,
    by newGenerator: @escaping @Sendable () async throws -> any TextGenerator
  ) {
    self.newGenerator = newGenerator
    self.request = request
    self.obeysOptions = obeysOptions
  }

  /// Checks all of it.
  public func check() async throws {
    try await self.withGenerator { try await self.check(running: $0) }
    try await self.checkEnd()
  }

  /// Checks all but what the end of `run` does, with a generator that runs.
  public func check(running generator: any TextGenerator) async throws {
    let whole = try await self.checkOrder(generator)
    try await self.checkSlowReader(generator, whole)
    try await self.checkReaderThatLeaves(generator, whole)
    if self.obeysOptions { try await self.checkOptions(generator, whole) }
  }

  private func withGenerator(
    _ body: @escaping @Sendable (any TextGenerator) async throws -> Void
  ) async throws {
    let generator = try await self.newGenerator()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await generator.run() }
      defer { group.cancelAll() }
      try await body(generator)
    }
  }

  /// `started`, the deltas, `finished`; and nothing after it.
  private func checkOrder(_ generator: any TextGenerator) async throws -> String {
    var events: [GenerationEvent] = []
    for try await event in try await generator.generate(self.request) { events.append(event) }
    guard case .started(let started)? = events.first, case .finished(let finished)? = events.last
    else {
      Issue.record("A text does not begin and end as it must: \(events)")
      return ""
    }
    #expect(started.model == generator.model.id)
    #expect(finished.index == 0)
    let deltas = events.dropFirst().dropLast().compactMap { event in
      if case .delta(let delta) = event { delta } else { GenerationDelta?.none }
    }
    #expect(deltas.count == events.count - 2)
    #expect(deltas.allSatisfy { $0.index == 0 })
    #expect(finished.usage.promptTokens > 0)
    #expect(finished.usage.completionTokens >= 10)
    return deltas.map(\.text).joined()
  }

  /// A reader that is slow gets the same text.
  private func checkSlowReader(_ generator: any TextGenerator, _ whole: String) async throws {
    let events = try await generator.generate(self.request)
    var text = ""
    var count = 0
    for try await event in events {
      if case .delta(let delta) = event { text += delta.text }
      count += 1
      // Now and then it has what waits joined.
      events.joinDeltas(count.isMultiple(of: 3))
      for _ in 0 ..< 20 { await Task.yield() }
    }
    #expect(Identifier(text) == Identifier(whole))
  }

  /// A reader that leaves ends its text alone.
  private func checkReaderThatLeaves(
    _ generator: any TextGenerator,
    _ whole: String
  ) async throws {
    let left = try await generator.generate(self.request)
    left.cancel()
    var events = 0
    for try await _ in left { events += 1 }
    #expect(events == 0)
    var text = ""
    for try await event in try await generator.generate(self.request) {
      if case .delta(let delta) = event { text += delta.text }
    }
    #expect(Identifier(text) == Identifier(whole))
  }

  private func checkOptions(_ generator: any TextGenerator, _ whole: String) async throws {
    var bounded = self.request
    bounded.maxTokens = 3
    for try await event in try await generator.generate(bounded) {
      guard case .finished(let finished) = event else { continue }
      #expect(finished.reason == .length)
      #expect(finished.usage.completionTokens == 3)
    }
    var stopped = self.request
    let words = whole.split(separator: " ")
    let stop = String(try #require(words.dropFirst(2).first))
    stopped.stop = [stop]
    var text = ""
    for try await event in try await generator.generate(stopped) {
      if case .delta(let delta) = event { text += delta.text }
    }
    let end = try #require(whole.firstRange(of: stop))
    #expect(Identifier(text) == Identifier(String(whole[..<end.lowerBound])))
  }

  /// The end of `run` ends texts with an error, and refuses others.
  private func checkEnd() async throws {
    let generator = try await self.newGenerator()
    let early = try await generator.generate(self.request)
    await withTaskGroup { group in
      group.addTask { await generator.run() }
      group.cancelAll()
    }
    await #expect {
      for try await _ in early {}
      _ = try await generator.generate(self.request)
    } throws: {
      ($0 as? GenerationError)?.code == .unavailable
    }
  }
}
