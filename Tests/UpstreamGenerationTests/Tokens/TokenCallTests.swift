import Generation
import Identifiers
import Logging
import Testing
import UpstreamGeneration

/// Calls for tokens are calls of servers as those for texts.
@Suite struct TokenCallTests {
  private static let count = #"{"count":1,"tokens":[5]}"#

  private static func counting() async throws -> FakeUpstream {
    try await FakeUpstream.start { request, _ in
      request.head.contains("/tokenize")
        ? .answer(Self.count, type: "application/json") : .answer(Events.answer("ok"))
    }
  }

  @Test func `another server is asked when one does not answer`() async throws {
    let bad = try await FakeUpstream.start { _, _ in .refusal("503 Service Unavailable") }
    let good = try await Self.counting()
    try await withGenerator(.of(bad, good, kind: .vllm)) { generator in
      for number in 0 ..< 8 {
        let count = try await generator.countTokens(.prompt("\(number)"))
        #expect(count == 1)
      }
      #expect(generator.load.calls == [0, 0])
    }
    // After three failures it rests.
    #expect(bad.requests.count <= 3)
    try await bad.stop()
    try await good.stop()
  }

  @Test func `a request that is at fault is not sent again`() async throws {
    let refusing = { @Sendable (_: FakeUpstream.Request, _: Int) in
      [FakeUpstream.Step].refusal("400 Bad Request", #"{"error":"no"}"#)
    }
    let first = try await FakeUpstream.start(refusing)
    let second = try await FakeUpstream.start(refusing)
    try await withGenerator(.of(first, second, kind: .vllm)) { generator in
      let error = await failure { () async throws(GenerationError) in
        try await generator.countTokens(.prompt("a"))
      }
      #expect(error?.code == .invalidRequest)
    }
    #expect(first.requests.count + second.requests.count == 1)
    try await first.stop()
    try await second.stop()
  }

  @Test func `the tokens of a model are not those of its fallback`() async throws {
    let bad = try await FakeUpstream.start { _, _ in .refusal("503 Service Unavailable") }
    let other = try await Self.counting()
    let model = UpstreamModel.of(bad, kind: .vllm, fallback: "other")
    try await withGenerator(.of(other, kind: .vllm)) { fallback in
      try await withGenerator(model, fallback: fallback) { generator in
        let error = await failure { () async throws(GenerationError) in
          try await generator.countTokens(.prompt("a"))
        }
        #expect(error?.code == .unavailable)
      }
    }
    #expect(other.requests.isEmpty)
    try await bad.stop()
    try await other.stop()
  }

  @Test func `a server that counts badly still writes texts`() async throws {
    let upstream = try await FakeUpstream.start { request, _ in
      request.head.contains("/tokenize")
        ? .answer("nonsense", type: "application/json") : .answer(Events.answer("ok"))
    }
    try await withGenerator(.of(upstream, kind: .vllm)) { generator in
      for _ in 0 ..< 5 {
        let error = await failure { () async throws(GenerationError) in
          try await generator.countTokens(.prompt("a"))
        }
        #expect(error?.code == .unavailable)
      }
      #expect(generator.model.isAvailable)
      let answer = await Answer(of: try await generator.generate(.chat()))
      #expect(answer.text == "ok")
    }
    try await upstream.stop()
  }

  @Test func `an old connection that was closed is not a failure`() async throws {
    let upstream = try await FakeUpstream.start { _, number in
      number == 1 ? [.close] : .answer(Self.count, type: "application/json")
    }
    try await withGenerator(.of(upstream, kind: .vllm)) { generator in
      for _ in 0 ..< 2 {
        let count = try await generator.countTokens(.prompt("a"))
        #expect(count == 1)
      }
    }
    #expect(upstream.requests.count == 3)
    try await upstream.stop()
  }

  @Test(
    arguments: [
      [], [FakeUpstream.Step].beginning("{\"count\":1"),
    ] as [[FakeUpstream.Step]]
  )
  func `a silent server is left`(steps: [FakeUpstream.Step]) async throws {
    let upstream = try await FakeUpstream.start { _, _ in steps }
    let limits = UpstreamLimits(silenceTimeout: .milliseconds(50))
    try await withGenerator(.of(upstream, kind: .vllm, limits: limits)) { generator in
      let error = await failure { () async throws(GenerationError) in
        try await generator.countTokens(.prompt("a"))
      }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("sent nothing for") == true)
      await upstream.waitUntilLeft()
    }
    try await upstream.stop()
  }

  @Test(
    arguments: [
      [], [FakeUpstream.Step].beginning("{\"count\":1"),
    ] as [[FakeUpstream.Step]]
  )
  func `a caller that goes away closes the connection`(steps: [FakeUpstream.Step]) async throws {
    let upstream = try await FakeUpstream.start { _, _ in steps }
    try await withGenerator(.of(upstream, kind: .vllm)) { generator in
      await withTaskGroup { group in
        group.addTask { _ = try? await generator.countTokens(.prompt("a")) }
        await upstream.waitForRequests(1)
        group.cancelAll()
      }
      await upstream.waitUntilLeft()
      #expect(generator.load.calls == [0])
    }
    try await upstream.stop()
  }

  @Test func `counts wait for a place at a server, as texts do`() async throws {
    let upstream = try await FakeUpstream.start { _, number in
      number == 0 ? [] : .answer(Self.count, type: "application/json")
    }
    let limits = UpstreamLimits(concurrentCalls: 1, maximumQueue: 1)
    try await withGenerator(.of(upstream, kind: .vllm, limits: limits)) { generator in
      let text = try await generator.generate(.chat())
      await upstream.waitForRequests(1)
      try await withThrowingTaskGroup(of: Int.self) { group in
        group.addTask { try await generator.countTokens(.prompt("a")) }
        while generator.load.waiting == 0 { await Task.yield() }
        let error = await failure { () async throws(GenerationError) in
          try await generator.countTokens(.prompt("b"))
        }
        #expect(error?.code == .resourceExhausted)
        #expect(upstream.requests.count == 1)
        text.cancel()
        let count = try await group.next()
        #expect(count == 1)
      }
      await generator.waitUntilUnused()
      #expect(generator.load.calls == [0])
    }
    try await upstream.stop()
  }

  @Test func `a generator that shuts down ends them`() async throws {
    let upstream = try await FakeUpstream.start { _, _ in [] }
    let generator = UpstreamGenerator(
      .of(upstream, kind: .vllm),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    await withTaskGroup { callers in
      await withTaskGroup { group in
        group.addTask { await generator.run() }
        callers.addTask {
          await failure { () async throws(GenerationError) in
            try await generator.countTokens(.prompt("a"))
          }
        }
        await upstream.waitForRequests(1)
        group.cancelAll()
      }
      #expect(await callers.next() == GenerationError(.unavailable, "the generator has shut down"))
    }
    let late = await failure { () async throws(GenerationError) in
      try await generator.countTokens(.prompt("a"))
    }
    #expect(late?.code == .unavailable)
    #expect(upstream.requests.count == 1)
    try await upstream.stop()
  }
}
