import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// Two servers are asked for one text.
@Suite struct HedgingTests {
  @Test func `the one that comes too late does not harm the text of the first`() async throws {
    // Whichever is asked first, the other refuses while the text is written.
    let answer = { @Sendable (_: FakeUpstream.Request, number: Int) -> [FakeUpstream.Step] in
      [.pause(.milliseconds(20))] + .beginning(Events.text("one "))
        + [.pause(.milliseconds(30)), .send([UInt8](Events.text("two").utf8))]
        + [.send([UInt8]((Events.chunk("{}", finish: "stop") + Events.done).utf8)), .close]
    }
    let slow = try await FakeUpstream.start(answer)
    let refusing = try await FakeUpstream.start { _, _ in
      [.pause(.milliseconds(25))] + .refusal("429 Too Many Requests")
    }
    let limits = UpstreamLimits(hedgeAfter: .milliseconds(5))
    try await withGenerator(.of(slow, refusing, limits: limits)) { generator in
      for number in 0 ..< 10 {
        let answer = await Answer(of: try await generator.generate(.chat("\(number)")))
        #expect(answer.text == "one two")
        #expect(answer.error == nil)
      }
    }
    try await slow.stop()
    try await refusing.stop()
  }

  @Test func `a server is silent though another has answered`() async throws {
    let silent = try await FakeUpstream.start { _, _ in [] }
    let refusing = try await FakeUpstream.start { _, _ in .refusal("503 Service Unavailable") }
    let limits = UpstreamLimits(silenceTimeout: .milliseconds(300), hedgeAfter: .milliseconds(5))
    try await withGenerator(.of(silent, refusing, limits: limits)) { generator in
      let answer = await Answer(of: try await generator.generate(.chat()))
      #expect(answer.error?.code == .unavailable)
      await silent.waitUntilLeft()
    }
    try await silent.stop()
    try await refusing.stop()
  }

  @Test func `a server that refuses is not waited for`() async throws {
    let refusing = try await FakeUpstream.start { _, _ in .refusal("503 Service Unavailable") }
    let good = try await FakeUpstream.start { _, _ in .answer(Events.answer("good")) }
    // Longer than the test may take.
    let limits = UpstreamLimits(hedgeAfter: .seconds(3600))
    try await withGenerator(.of(refusing, good, limits: limits)) { generator in
      for number in 0 ..< 4 {
        let answer = await Answer(of: try await generator.generate(.chat("\(number)")))
        #expect(answer.text == "good")
      }
      // A text ends before its call does.
      while generator.load.calls != [0, 0] { await Task.yield() }
    }
    try await refusing.stop()
    try await good.stop()
  }

  @Test func `a request that is wrong is sent once`() async throws {
    let refusing = { @Sendable (_: FakeUpstream.Request, _: Int) in
      [.pause(.milliseconds(30))] + [FakeUpstream.Step].refusal("400 Bad Request")
    }
    let first = try await FakeUpstream.start(refusing)
    let second = try await FakeUpstream.start(refusing)
    let limits = UpstreamLimits(hedgeAfter: .seconds(3600))
    try await withGenerator(.of(first, second, limits: limits)) { generator in
      let answer = await Answer(of: try await generator.generate(.chat()))
      #expect(answer.error?.code == .invalidRequest)
      #expect(first.requests.count + second.requests.count == 1)
    }
    try await first.stop()
    try await second.stop()
  }
}
