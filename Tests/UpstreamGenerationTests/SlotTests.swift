import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// The places that calls take at a server come back, whatever happens.
@Suite struct SlotTests {
  private static func checkIsFree(_ generator: UpstreamGenerator) async throws {
    while generator.load.calls != [0] || generator.load.waiting > 0 { await Task.yield() }
    let answer = await Answer(of: try await generator.generate(.chat("last")))
    #expect(answer.text == "ok")
  }

  private static let oneCall = UpstreamLimits(concurrentCalls: 1)

  @Test func `callers that leave while they wait`() async throws {
    let upstream = try await FakeUpstream.start { _, _ in .answer(Events.answer("ok")) }
    try await withGenerator(.of(upstream, limits: Self.oneCall)) { generator in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for caller in 0 ..< 8 {
          group.addTask {
            for number in 0 ..< 50 {
              let events = try await generator.generate(.chat("\(caller) \(number)"))
              for _ in 0 ..< Int.random(in: 0 ... 40) { await Task.yield() }
              events.cancel()
            }
          }
        }
        try await group.waitForAll()
      }
      try await Self.checkIsFree(generator)
    }
    try await upstream.stop()
  }

  @Test func `a server that goes on after the end`() async throws {
    let upstream = try await FakeUpstream.start { _, number in
      if number > 0 { return .answer(Events.answer("ok")) }
      return .beginning(Events.answer("ok"))
        + (0 ..< 100).flatMap { _ -> [FakeUpstream.Step] in
          [.pause(.milliseconds(50)), .send([UInt8](": more\n\n".utf8))]
        }
    }
    try await withGenerator(.of(upstream, limits: Self.oneCall)) { generator in
      let answer = await Answer(of: try await generator.generate(.chat()))
      #expect(answer.text == "ok")
      #expect(answer.error == nil)
      try await Self.checkIsFree(generator)
    }
    try await upstream.stop()
  }

  @Test func `a whole answer that stops in the middle`() async throws {
    let upstream = try await FakeUpstream.start { _, number in
      if number > 0 { return .answer(Events.answer("ok")) }
      let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"
      return [.send([UInt8](head.utf8))]
    }
    let limits = UpstreamLimits(silenceTimeout: .seconds(3), concurrentCalls: 1)
    try await withGenerator(.of(upstream, limits: limits)) { generator in
      let answer = await Answer(of: try await generator.generate(.chat()))
      #expect(answer.error?.code == .unavailable)
      try await Self.checkIsFree(generator)
    }
    try await upstream.stop()
  }
}
