import Generation
import Identifiers
import TestTimes
import Testing
import UpstreamGeneration

/// Several servers of one model.
@Suite struct ReplicaTests {
  private static func good() async throws -> FakeUpstream {
    try await FakeUpstream.start { _, _ in .answer(Events.answer("good")) }
  }

  private static func ask(
    _ generator: UpstreamGenerator,
    _ request: GenerationRequest = .chat()
  ) async throws -> Answer {
    await Answer(of: try await generator.generate(request))
  }

  @Test func `another server is asked before the first token`() async throws {
    let bad = try await FakeUpstream.start { _, _ in .refusal("503 Service Unavailable") }
    let good = try await Self.good()
    try await withGenerator(.of(bad, good)) { generator in
      for number in 0 ..< 8 {
        let answer = try await Self.ask(generator, .chat("\(number)"))
        #expect(answer.text == "good")
        #expect(answer.started?.origin?.replica == "r2")
      }
    }
    // After three failures it rests.
    #expect(bad.requests.count <= 3)
    #expect(good.requests.count == 8)
    try await bad.stop()
    try await good.stop()
  }

  @Test func `no other server is asked after the first token`() async throws {
    let bad = try await FakeUpstream.start { _, _ in .beginning(Events.text("half ")) + [.close] }
    let good = try await Self.good()
    try await withGenerator(.of(bad, good)) { generator in
      var halves = 0
      for number in 0 ..< 8 {
        let answer = try await Self.ask(generator, .chat("\(number)"))
        #expect(answer.text == "half " ? answer.error?.code == .aborted : answer.text == "good")
        if answer.text == "half " { halves += 1 }
      }
      #expect(halves == bad.requests.count)
      #expect(bad.requests.count + good.requests.count == 8)
    }
    try await bad.stop()
    try await good.stop()
  }

  @Test func `a silent server is left for another`() async throws {
    let silent = try await FakeUpstream.start { _, _ in [] }
    let good = try await Self.good()
    try await withGrowingTime(from: .milliseconds(50)) { time in
      let limits = UpstreamLimits(silenceTimeout: time)
      return try await withGenerator(.of(silent, good, limits: limits)) { generator in
        for number in 0 ..< 4 {
          let answer = try await Self.ask(generator, .chat("\(number)"))
          // On a busy machine, the other one was silent for as long.
          if answer.error != nil { return false }
          #expect(answer.text == "good")
        }
        return true
      }
    }
    try await silent.stop()
    try await good.stop()
  }

  @Test func `a request that is at fault is not sent again`() async throws {
    let refusing = { @Sendable (_: FakeUpstream.Request, _: Int) in
      [FakeUpstream.Step].refusal("400 Bad Request", #"{"error":"no"}"#)
    }
    let first = try await FakeUpstream.start(refusing)
    let second = try await FakeUpstream.start(refusing)
    try await withGenerator(.of(first, second)) { generator in
      let answer = try await Self.ask(generator)
      #expect(answer.error?.code == .invalidRequest)
      #expect(first.requests.count + second.requests.count == 1)
    }
    try await first.stop()
    try await second.stop()
  }

  @Test func `a model without a server that is well says so at once, and comes back`() async throws
  {
    let upstream = try await FakeUpstream.start(models: .answer("{}", type: "application/json")) {
      _,
      number in
      number < 3 ? .refusal("502 Bad Gateway") : .answer(Events.answer("good"))
    }
    let limits = UpstreamLimits(checkInterval: .milliseconds(20))
    try await withGenerator(.of(upstream, limits: limits)) { generator in
      for _ in 0 ..< 3 {
        let answer = try await Self.ask(generator)
        #expect(answer.error?.code == .unavailable)
      }
      // The check finds that it answers, so it is tried long before its rest is over.
      while true {
        let answer = try await Self.ask(generator)
        if answer.text == "good" { break }
        #expect(answer.error?.code == .unavailable)
        #expect(answer.error?.retryAfter != nil)
        await Task.yield()
      }
      // The text has come before its server is known to be well.
      while !generator.model.isAvailable { await Task.yield() }
    }
    try await upstream.stop()
  }

  @Test func `a server that is back takes calls beside its first text`() async throws {
    let upstream = try await FakeUpstream.start(models: .answer("{}", type: "application/json")) {
      request,
      number in
      if number < 3 { return .refusal("502 Bad Gateway") }
      return request.body.contains("long")
        ? .beginning(Events.text("lo")) : .answer(Events.answer("good"))
    }
    let limits = UpstreamLimits(checkInterval: .milliseconds(20))
    try await withGenerator(.of(upstream, limits: limits)) { generator in
      for _ in 0 ..< 3 { _ = try await Self.ask(generator) }
      // Its text goes on until it is let go.
      var trial: GenerationEvents?
      while trial == nil {
        let events = try await generator.generate(.chat("long"))
        var iterator = events.makeAsyncIterator()
        if let first = try? await iterator.next(), case .started = first { trial = events }
      }
      let answer = try await Self.ask(generator)
      #expect(answer.text == "good")
      #expect(generator.model.isAvailable)
      trial?.cancel()
    }
    try await upstream.stop()
  }

  @Test func `a conversation stays where it has begun`() async throws {
    let first = try await Self.good()
    let second = try await Self.good()
    try await withGenerator(.of(first, second)) { generator in
      for number in 0 ..< 6 {
        var messages = [ChatMessage(role: .user, content: "Hello \(number)")]
        var servers: Set<Identifier> = []
        for turn in 0 ..< 3 {
          let request = GenerationRequest(input: .conversation(Conversation(messages)))
          let answer = try await Self.ask(generator, request)
          servers.insert(try #require(answer.started?.origin?.replica))
          while generator.load.calls != [0, 0] { await Task.yield() }
          messages.append(ChatMessage(role: .assistant, content: "\(turn)"))
          messages.append(ChatMessage(role: .user, content: "And \(turn)?"))
        }
        #expect(servers.count == 1)
      }
    }
    try await first.stop()
    try await second.stop()
  }

  @Test func `requests with one beginning go to one server`() async throws {
    let first = try await Self.good()
    let second = try await Self.good()
    try await withGenerator(.of(first, second)) { generator in
      for session in 0 ..< 6 {
        var request = GenerationRequest.chat("same")
        request.sessionID = Identifier("s\(session)")
        var servers: Set<Identifier> = []
        for _ in 0 ..< 5 {
          let answer = try await Self.ask(generator, request)
          servers.insert(try #require(answer.started?.origin?.replica))
          // A text ends before its call does, and busy servers are not preferred.
          while generator.load.calls != [0, 0] { await Task.yield() }
        }
        #expect(servers.count == 1)
      }
    }
    try await first.stop()
    try await second.stop()
  }

  @Test func `calls beyond a server's limit wait, and users take turns`() async throws {
    let upstream = try await FakeUpstream.start { _, number in
      number == 0
        ? .beginning(Events.text("first")) + [.pause(.milliseconds(100)), .close]
        : .answer(Events.answer("ok"))
    }
    let limits = UpstreamLimits(concurrentCalls: 1, maximumQueue: 3)
    try await withGenerator(.of(upstream, limits: limits)) { generator in
      func start(_ user: Identifier, _ text: String) async throws -> GenerationEvents {
        var request = GenerationRequest.chat(text)
        request.requester = .user(user)
        return try await generator.generate(request)
      }
      let running = try await start("ann", "a0")
      await upstream.waitForRequests(1)
      var waiting: [GenerationEvents] = []
      for (user, text) in [("ann", "a1"), ("ann", "a2"), ("bob", "b1")] as [(Identifier, String)] {
        waiting.append(try await start(user, text))
        // Its place in the queue is taken in a task of its own.
        while generator.load.waiting < waiting.count { await Task.yield() }
      }
      let late = await Answer(of: try await start("cid", "c1"))
      #expect(late.error?.code == .resourceExhausted)
      _ = await Answer(of: running)
      for events in waiting {
        let answer = await Answer(of: events)
        #expect(answer.text == "ok")
      }
      let order = upstream.requests.map { request in
        ["a0", "a1", "a2", "b1"].first { request.body.contains("\"content\":\"\($0)\"") }
      }
      #expect(order == ["a0", "a1", "b1", "a2"])
    }
    try await upstream.stop()
  }

  @Test func `a second server is asked when the first is slow`() async throws {
    let slow = try await FakeUpstream.start { _, _ in [.pause(.seconds(30))] }
    let good = try await Self.good()
    let limits = UpstreamLimits(hedgeAfter: .milliseconds(10))
    try await withGenerator(.of(slow, good, limits: limits)) { generator in
      for number in 0 ..< 4 {
        let answer = try await Self.ask(generator, .chat("\(number)"))
        #expect(answer.text == "good")
        #expect(answer.finished.count == 1)
      }
      // The one that lost is let go at once.
      await slow.waitUntilLeft()
    }
    try await slow.stop()
    try await good.stop()
  }

  @Test func `another model answers when no server can`() async throws {
    let bad = try await FakeUpstream.start { _, _ in .refusal("401 Unauthorized") }
    let good = try await Self.good()
    var other = UpstreamModel.of(good)
    other.id = "other"
    try await withGenerator(other) { fallback in
      try await withGenerator(.of(bad, fallback: "other"), fallback: fallback) { generator in
        let answer = try await Self.ask(generator)
        #expect(answer.text == "good")
        #expect(answer.started?.model == "other")
      }
    }
    try await bad.stop()
    try await good.stop()
  }

  @Test func `a model that cannot answer in place of another does not hide why`() async throws {
    let bad = try await FakeUpstream.start { _, _ in .refusal("503 Service Unavailable") }
    let claude = try await Self.good()
    var other = UpstreamModel.of(claude, kind: .anthropic)
    other.id = "other"
    var request = GenerationRequest.chat()
    request.sampling.seed = 1
    let asked = request
    try await withGenerator(other) { fallback in
      try await withGenerator(.of(bad, fallback: "other"), fallback: fallback) { generator in
        let answer = try await Self.ask(generator, asked)
        #expect(answer.error?.code == .unavailable)
      }
    }
    try await bad.stop()
    try await claude.stop()
  }

  // MARK: Readers

  @Test func `a reader that goes away closes the server's connection`() async throws {
    let upstream = try await FakeUpstream.start { _, _ in .beginning(Events.text("one")) }
    try await withGenerator(.of(upstream)) { generator in
      let events = try await generator.generate(.chat())
      for try await event in events {
        if case .delta = event { break }
      }
      events.cancel()
      await upstream.waitUntilLeft()
      while generator.load.calls != [0] { await Task.yield() }
    }
    try await upstream.stop()
  }

  @Test func `a reader that goes away before the first byte does so, too`() async throws {
    let upstream = try await FakeUpstream.start { _, _ in [] }
    try await withGenerator(.of(upstream)) { generator in
      let events = try await generator.generate(.chat())
      await upstream.waitForRequests(1)
      events.cancel()
      await upstream.waitUntilLeft()
    }
    try await upstream.stop()
  }

  @Test func `the end of the generator ends its calls`() async throws {
    let upstream = try await FakeUpstream.start { _, _ in .beginning(Events.text("one")) }
    let events = try await withGenerator(.of(upstream)) { generator in
      let events = try await generator.generate(.chat())
      await upstream.waitForRequests(1)
      return events
    }
    let answer = await Answer(of: events)
    #expect(answer.error?.code == .unavailable)
    try await upstream.stop()
  }
}
