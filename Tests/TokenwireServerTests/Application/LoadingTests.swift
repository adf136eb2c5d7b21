import Generation
import Identifiers
import Listening
import RPC
import TTRPC
import TestServers
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

@Suite struct LoadingTests {
  private let load = BlockedLoad()
  private let server: TokenwireServer

  init() {
    self.server = TokenwireServer(
      listen: .anyPort,
      transports: [TTRPCTransport()],
      timeouts: .patient,
      logger: .silent,
      models: [ModelSource("scripted", load: self.load.load)]
    )
  }

  /// Another one each time: a generator runs once.
  private var scripted: BlockedLoad.Outcome {
    .success(ScriptedGenerator(Script("one two three", repeats: true)))
  }

  @Test func `a model that loads has callers call again, and then serves them`() async throws {
    try await RunningServer.with(self.server) { server in
      try await withClient(of: server.address) { client in
        await self.expectLoading { _ = try await client.generate("go").collect() }
        await self.expectLoading {
          _ = try await client.api.countTokens(CountTokensRequest(input: .prompt("go")))
        }
        let loading = try await client.api.listModels(ListModelsRequest()).models
        #expect(loading == [Model(id: "scripted", isDefault: true, state: .loading)])

        self.load.end(self.scripted)
        #expect(await server.ready.first { _ in true } == ["scripted"])
        let responses = try await client.generate("go", maxTokens: 3).collect()
        #expect(responses.map(\.text).joined() == "one two three")
        let models = try await client.api.listModels(ListModelsRequest()).models
        #expect(models.map(\.id) == ["scripted"])
        #expect(models.map(\.state) == [.ready])
      }
    }
  }

  @Test func `a watcher sees the server load, serve and stop, and does not hold it up`()
    async throws
  {
    try await RunningServer.with(self.server) { server in
      try await withClient(of: server.address) { client in
        var states = try await client.health.watch(HealthCheckRequest()).makeAsyncIterator()
        #expect(try await states.next()?.status == .notServing)
        #expect(try await client.health.status() == .notServing)
        self.load.end(self.scripted)
        #expect(try await states.next()?.status == .serving)
        #expect(try await client.health.status() == .serving)
        server.stop()
        #expect(try await states.next()?.status == .notServing)
        #expect(try await states.next() == nil)
      }
    }
  }

  @Test func `a text that runs while the server drains goes on, its health does not`()
    async throws
  {
    self.load.end(.success(ScriptedGenerator(Script("a b", repeats: true), pace: .milliseconds(1))))
    try await RunningServer.with(self.server) { server in
      _ = await server.ready.first { _ in true }
      try await withClient(of: server.address) { client in
        var states = try await client.health.watch(HealthCheckRequest()).makeAsyncIterator()
        #expect(try await states.next()?.status == .serving)
        let text = try await client.generate("go", maxTokens: 50)
        var events = text.makeAsyncIterator()
        _ = try await events.next()
        server.stop()
        #expect(try await states.next()?.status == .notServing)
        #expect(try await states.next() == nil)
        var last: GenerateResponse?
        while let event = try await events.next() { last = event }
        #expect(last?.finished?.finishReason == .length)
      }
    }
  }

  @Test func `a server stops without waiting for a model that loads`() async throws {
    try await RunningServer.with(self.server) { _ in await self.load.waitUntilItBegins() }
    #expect(self.server.isLoading)
    // Otherwise its thread would wait for ever.
    self.load.end(self.scripted)
  }

  @Test func `a model that cannot be loaded ends the server with its error`() async throws {
    let error = GenerationError(.unavailable, "The model is broken")
    await #expect(throws: error) {
      try await self.server.run { _ in
        self.load.end(.failure(error))
      } onReady: { _, _ in
        Issue.record("a server without a model was ready")
      }
    }
  }

  @Test func `a port that is taken is told before anything is loaded`() async throws {
    try await withEndpoint(of: HealthChecks(HealthStatus()).definition) { taken in
      let source = ModelSource("scripted") {
        Issue.record("a server that does not listen loaded its model")
        return ScriptedGenerator(Script("a"))
      }
      let second = TokenwireServer(
        listen: taken,
        transports: [TTRPCTransport()],
        logger: .silent,
        models: [source]
      )
      let error = await #expect(throws: ListenError.self) { try await second.run { _, _ in } }
      #expect(error?.message == "Cannot listen on \(taken): another process listens there")
    }
  }

  @Test func `a server is ready once`() async throws {
    self.load.end(self.scripted)
    let counts = try await RunningServer.with(self.server) { server in
      _ = await server.ready.first { _ in true }
      return server.ready
    }
    #expect(await counts.reduce(0) { count, _ in count + 1 } == 0, "it was ready twice")
  }

  private func expectLoading(_ call: () async throws -> Void) async {
    await #expect(
      throws: CallError(
        .unavailable,
        "The model is still loading: try again in a moment",
        retryAfter: .seconds(1)
      )
    ) {
      try await call()
    }
  }
}
