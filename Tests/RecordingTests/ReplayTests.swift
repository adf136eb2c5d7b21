import Identifiers
import Listening
import NIOCore
import RPC
import Recording
import TTRPC
import TestClients
import Testing
import TokenwireAPI
import TokenwireClient

@Suite struct ReplayTests {
  /// Records calls of one server, and plays them to another one.
  private static func replay(
    _ recorded: StubService = StubService(),
    to replayed: StubService,
    client: ClientOptions = .patient,
    options: ReplayOptions = ReplayOptions(),
    _ calls: @escaping @Sendable (TokenwireClient) async throws -> Void = { try await $0.text() }
  ) async throws -> Replay.Outcome {
    try await withFolder { folder in
      let recording = try await recordCalls(
        of: recorded,
        to: folder + "/a",
        options: client,
        calls
      )
      return try await replayed.serve { server in
        await Replay(recording, to: server, options: options).run()
      }
    }
  }

  @Test(arguments: [nil, 1, 20] as [Double?])
  func `the same server says the same`(speed: Double?) async throws {
    let outcome = try await Self.replay(
      to: StubService(),
      options: ReplayOptions(speed: speed)
    ) { client in
      try await client.text()
      _ = try await client.api.listModels(ListModelsRequest())
    }
    #expect(outcome.differences == [])
    #expect(outcome.timings.map(\.method) == ["Generate", "ListModels"])
  }

  @Test func `how a text is cut into deltas does not matter`() async throws {
    let joined = try await Self.replay(to: StubService(joinsDeltas: true))
    #expect(joined.differences == [])
    let split = try await Self.replay(StubService(joinsDeltas: true), to: StubService())
    #expect(split.differences == [])
  }

  @Test func `one token that differs is shown`() async throws {
    let outcome = try await Self.replay(
      to: StubService(deltas: ["The", " quick", " brown", " cat"])
    )
    #expect(
      outcome.differences.map(\.text) == [
        """
        connection 1, stream 1, Generate
          text, from its character 17 on
          - "The quick brown fox"
          + "The quick brown cat"
        """
      ]
    )
  }

  @Test func `one status that differs is shown`() async throws {
    let outcome = try await Self.replay(
      StubService(error: CallError(.unavailable, "model unloaded")),
      to: StubService(error: CallError(.internal, "model unloaded"))
    ) { client in
      await #expect(throws: CallError.self) { _ = try await client.text() }
    }
    #expect(
      outcome.differences.map(\.text) == [
        """
        connection 1, stream 1, Generate
          status
          - UNAVAILABLE: model unloaded
          + INTERNAL: model unloaded
        """
      ]
    )
  }

  @Test func `one frame that is missing is shown`() async throws {
    let outcome = try await Self.replay(to: StubService(hasFinished: false))
    #expect(outcome.differences.count == 1)
    let difference = try #require(outcome.differences.first)
    #expect(difference.recorded == "{finished:{finish_reason:LENGTH}}")
    #expect(difference.replayed == "the end, OK")
  }

  @Test func `one frame that is too many is shown`() async throws {
    let outcome = try await Self.replay(StubService(hasFinished: false), to: StubService())
    #expect(outcome.differences.map(\.replayed) == ["{finished:{finish_reason:LENGTH}}"])
  }

  @Test func `exactly, ids and times differ, too`() async throws {
    let outcome = try await Self.replay(
      to: StubService(),
      options: ReplayOptions(match: .exact)
    )
    #expect(outcome.differences.map(\.subject) == ["frame 2 of the server"])
    let same = try await Self.replay(
      to: StubService(),
      options: ReplayOptions(match: .exact)
    ) { client in
      _ = try await client.api.listModels(ListModelsRequest())
    }
    #expect(same.differences == [])
  }

  @Test func `a cancel comes after what its client had seen`() async throws {
    let endless = StubService(isEndless: true)
    let outcome = try await Self.replay(endless, to: endless) { client in
      var count = 0
      for try await _ in try await client.api.generate(.go) {
        count += 1
        if count == 20 { break }
      }
      // What follows on the connection shows that the server has seen the cancel.
      _ = try await client.api.listModels(ListModelsRequest())
    }
    #expect(outcome.differences == [])
    #expect(outcome.timings.map(\.method).contains("Generate"))
  }

  @Test func `ids that clients name to the server are those of the replay`() async throws {
    let replayed = StubService()
    let outcome = try await Self.replay(to: replayed) { client in
      var id = ""
      for try await response in try await client.api.generate(.go) {
        if case .started(let started) = response.event { id = started.generationID }
      }
      _ = try await client.api.abort(AbortRequest(generationID: id))
    }
    #expect(outcome.differences == [])
    var started = replayed.started.stream.makeAsyncIterator()
    var aborted = replayed.aborted.stream.makeAsyncIterator()
    #expect(await aborted.next() == started.next())
  }

  @Test func `a text that needs more credit than was recorded gets it`() async throws {
    let words = Array(repeating: "word ", count: 4_000)
    let outcome = try await Self.replay(
      StubService(deltas: words, joinsDeltas: true),
      to: StubService(deltas: words),
      client: ClientOptions(retry: .never, window: 2_000)
    )
    #expect(outcome.differences == [])
  }

  @Test func `a token stands in the place of those that were redacted`() async throws {
    let calls: @Sendable (TokenwireClient) async throws -> Void = { client in
      let options = CallOptions(metadata: ["authorization": "Bearer secret.token"])
      for try await _ in try await client.api.secureGenerate(.go, options: options) {}
    }
    let other = StubService(token: "other.token")
    let accepted = try await Self.replay(
      to: other,
      options: ReplayOptions(token: "other.token"),
      calls
    )
    #expect(accepted.differences == [])
    let refused = try await Self.replay(to: other, calls)
    #expect(refused.differences.first?.replayed == "the end, UNAUTHENTICATED: Token is invalid!")
  }

  @Test func `a server that is silent is not waited for without end`() async throws {
    try await withFolder { folder in
      let recording = try await recordCalls(of: StubService(), to: folder + "/a") {
        try await $0.text()
      }
      let silent: @Sendable (ByteConnection) async throws -> Void = { connection in
        try await connection.executeThenClose { inbound, _ in for try await _ in inbound {} }
      }
      let outcome = try await withRawServer(silent) { server in
        await Replay(
          recording,
          to: server,
          options: ReplayOptions(patience: .milliseconds(50))
        ).run()
      }
      #expect(outcome.differences.contains { $0.replayed.hasPrefix("it is silent for") })
      #expect(outcome.differences.contains { $0.subject == "something is missing" })
    }
  }

  @Test func `a server that closes early, and one that is not there, are differences`() async throws
  {
    try await withFolder { folder in
      let recording = try await recordCalls(of: StubService(), to: folder + "/a") {
        try await $0.text()
      }
      let rude: @Sendable (ByteConnection) async throws -> Void = { connection in
        try await connection.executeThenClose { _, _ in }
      }
      let outcome = try await withRawServer(rude) { await Replay(recording, to: $0).run() }
      #expect(outcome.differences.contains { $0.replayed == "the server closes it" })
      // A port that no server of these tests is given.
      let nobody = await Replay(recording, to: Endpoint(host: "127.0.0.1", port: 1)).run()
      #expect(
        nobody.differences.map(\.replayed)
          == ["Cannot connect to 127.0.0.1:1: nothing listens there"]
      )
    }
  }

  @Test func `connections keep their order`() async throws {
    try await withFolder { folder in
      let service = StubService()
      let recording = try await service.serve { server in
        try await record(server, to: folder + "/a") { proxy in
          for _ in 0 ..< 3 {
            let client = try await TokenwireClient.connect(to: proxy)
            try await client.text()
            await client.close()
          }
        }
      }
      let order = AsyncStream.makeStream(of: Int.self)
      let outcome = try await service.serve { server in
        try await record(server, to: folder + "/b") { proxy in
          let outcome = await Replay(recording, to: proxy).run()
          order.continuation.yield(outcome.differences.count)
        }
      }
      var differences = order.stream.makeAsyncIterator()
      #expect(await differences.next() == 0)
      // A text begins when the one before it has ended.
      let connections = outcome.events.filter { event in
        guard case .frame(let frame) = event.kind else { return false }
        return frame.type == .request || frame.flags.contains(.noData)
      }.map(\.connection)
      #expect(connections == [1, 1, 2, 2, 3, 3])
    }
  }

  @Test func `as load, each replay is compared and each call timed`() async throws {
    try await withFolder { folder in
      let recording = try await recordCalls(of: StubService(), to: folder + "/a") {
        try await $0.text()
      }
      let outcome = try await StubService().serve { server in
        await ReplayLoad(Replay(recording, to: server), copies: 3, loops: 4).run()
      }
      #expect(outcome.replays == 12)
      #expect(outcome.differing == 0)
      let latencies = try #require(outcome.latencies["Generate"])
      #expect(latencies.whole.count == 12)
      #expect(latencies.first.percentile(50) <= latencies.whole.percentile(100))
      let changed = try await StubService(deltas: ["no"]).serve { server in
        await ReplayLoad(Replay(recording, to: server), copies: 2, loops: 2).run()
      }
      #expect(changed.differing == 4)
      #expect(changed.differences.count == 1)
    }
  }
}
