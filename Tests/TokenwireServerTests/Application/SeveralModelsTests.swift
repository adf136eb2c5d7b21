import Generation
import Identifiers
import RPC
import Synchronization
import TTRPC
import TestServers
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

@Suite struct SeveralModelsTests {
  /// How often each model was loaded.
  private final class Loads: Sendable {
    private let counts = Mutex<[Identifier: Int]>([:])

    subscript(_ id: Identifier) -> Int { self.counts.withLock { $0[id, default: 0] } }

    func source(_ id: Identifier, pace: Duration = .zero) -> ModelSource {
      ModelSource(id) {
        self.counts.withLock { $0[id, default: 0] += 1 }
        return ScriptedGenerator(Script("I am \(id)", repeats: true), pace: pace, model: id)
      }
    }
  }

  private let loads = Loads()

  private func with<Result: Sendable>(
    _ sources: [ModelSource],
    _ loading: ModelLoading = ModelLoading(),
    _ body: @escaping @Sendable (TokenwireClient, RunningServer) async throws -> Result
  ) async throws -> Result {
    let server = TokenwireServer(
      listen: .anyPort,
      transports: [TTRPCTransport()],
      timeouts: .patient,
      logger: .silent,
      models: sources,
      loading: loading
    )
    return try await RunningServer.with(server) { server in
      try await withClient(of: server.address) { try await body($0, server) }
    }
  }

  private func text(of model: String, _ client: TokenwireClient) async throws -> String {
    let request = GenerateRequest(model: model, input: .prompt("go"), maxTokens: 3)
    return try await client.api.generate(request).collect().map(\.text).joined()
  }

  private func states(_ client: TokenwireClient) async throws -> [ModelState] {
    try await client.api.listModels(ListModelsRequest()).models.map(\.state)
  }

  @Test func `requests name their model, and the first is for those that do not`() async throws {
    try await self.with([self.loads.source("a"), self.loads.source("b")]) { client, server in
      #expect(await server.ready.first { _ in true } == ["a", "b"])
      #expect(try await self.text(of: "a", client) == "I am a")
      #expect(try await self.text(of: "b", client) == "I am b")
      #expect(try await self.text(of: "", client) == "I am a")
      let models = try await client.api.listModels(ListModelsRequest()).models
      #expect(models.map(\.id) == ["a", "b"])
      #expect(models.map(\.isDefault) == [true, false])
      #expect(models.map(\.state) == [.ready, .ready])
    }
  }

  @Test(arguments: ModelLoading.Begin.allCases)
  func `an unknown model is not found, and the known ones are named`(
    begin: ModelLoading.Begin
  ) async throws {
    let sources = [self.loads.source("a"), self.loads.source("b")]
    let unknown = CallError(
      .notFound,
      "model \"c\" is not known here; known: \"a\", \"b\"",
      reason: .modelNotFound
    )
    try await self.with(sources, ModelLoading(begin: begin)) { client, _ in
      let error = await #expect(throws: CallError.self) { _ = try await self.text(of: "c", client) }
      #expect(error == unknown)
    }
  }

  @Test func `a server is ready when all are loaded, and answers for each that is`() async throws {
    let late = BlockedLoad()
    let sources = [self.loads.source("a"), ModelSource("b", load: late.load)]
    try await self.with(sources) { client, server in
      await late.waitUntilItBegins()
      while try await self.states(client) != [.ready, .loading] { await Task.yield() }
      #expect(try await self.text(of: "a", client) == "I am a")
      let error = await #expect(throws: CallError.self) { _ = try await self.text(of: "b", client) }
      #expect(error?.code == .unavailable)
      #expect(try await client.health.status() == .notServing)
      late.end(.success(ScriptedGenerator(Script("I am b", repeats: true), model: "b")))
      #expect(await server.ready.first { _ in true } == ["a", "b"])
      #expect(try await client.health.status() == .serving)
    }
  }

  @Test func `on demand a request waits for its model, and only that is loaded`() async throws {
    let sources = [self.loads.source("a"), self.loads.source("b")]
    try await self.with(sources, ModelLoading(begin: .demand)) { client, server in
      #expect(await server.ready.first { _ in true } == ["a", "b"])
      #expect(try await self.states(client) == [.unloaded, .unloaded])
      let texts = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0 ..< 8 { group.addTask { try await self.text(of: "b", client) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(texts) == ["I am b"])
      #expect(self.loads["b"] == 1)
      #expect(self.loads["a"] == 0)
      #expect(try await self.states(client) == [.unloaded, .ready])
    }
  }

  @Test(arguments: ModelLoading.Begin.allCases)
  func `a model that is idle is unloaded, and comes back for the next request`(
    begin: ModelLoading.Begin
  ) async throws {
    let loading = ModelLoading(begin: begin, idleTimeout: .milliseconds(20))
    try await self.with([self.loads.source("a")], loading) { client, server in
      _ = await server.ready.first { _ in true }
      for _ in 0 ..< 3 {
        #expect(try await self.text(of: "a", client) == "I am a")
        while try await self.states(client) != [.unloaded] { await Task.yield() }
      }
      #expect(self.loads["a"] >= 3)
      let models = try await client.api.listModels(ListModelsRequest()).models
      #expect(models[0].description == "a given text at a given pace", "it is known from before")
    }
  }

  @Test func `a model is not unloaded before those who waited for it have it`() async throws {
    let loading = ModelLoading(begin: .demand, idleTimeout: .nanoseconds(1))
    try await self.with([self.loads.source("a")], loading) { client, _ in
      for _ in 0 ..< 20 {
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
          for _ in 0 ..< 4 { group.addTask { try await self.text(of: "a", client) } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts == Array(repeating: "I am a", count: 4))
      }
    }
  }

  @Test func `a model is not unloaded under a text`() async throws {
    let source = self.loads.source("a", pace: .milliseconds(5))
    let loading = ModelLoading(begin: .demand, idleTimeout: .milliseconds(10))
    try await self.with([source], loading) { client, _ in
      let responses = try await client.generate("go", maxTokens: 50).collect()
      #expect(responses.last?.finished?.finishReason == .length)
      #expect(self.loads["a"] == 1)
    }
  }

  @Test func `a model that cannot be loaded on demand is told to its callers, and tried again`()
    async throws
  {
    let good = self.loads.source("a")
    let source = ModelSource("a") { [loads] () throws(GenerationError) in
      let generator = try good.load()
      if loads["a"] == 1 { throw GenerationError(.unavailable, "no /secret/path") }
      return generator
    }
    try await self.with([source], ModelLoading(begin: .demand)) { client, _ in
      await #expect(
        throws: CallError(
          .unavailable,
          "The model \"a\" cannot be loaded; the server's log says why"
        )
      ) { _ = try await self.text(of: "a", client) }
      let text = try await self.text(of: "a", client)
      #expect(text == "I am a")
    }
  }

  @Test func `all who wait for a model that cannot be loaded are answered by one attempt`()
    async throws
  {
    let late = BlockedLoad()
    let attempts = Atomic(0)
    let source = ModelSource("a") { () throws(GenerationError) in
      attempts.add(1, ordering: .relaxed)
      return try late.load()
    }
    let slot = ModelSlot(source, ModelLoading(begin: .demand), logger: .silent)
    await withTaskGroup { group in
      group.addTask { _ = try? await slot.run {} }
      // Each runs here until it waits.
      let callers = (0 ..< 3).map { _ in Task.immediate { _ = try await slot.loaded() } }
      late.end(.failure(GenerationError(.unavailable, "broken")))
      for caller in callers {
        await #expect(throws: CallError.self) { try await caller.value }
      }
      #expect(attempts.load(ordering: .relaxed) == 1)
      // Who comes later has an attempt of its own.
      late.end(.success(ScriptedGenerator(Script("one"))))
      await #expect(throws: Never.self) { _ = try await slot.loaded() }
      #expect(attempts.load(ordering: .relaxed) == 2)
      group.cancelAll()
    }
  }

  @Test func `a caller that goes away while its model loads holds nothing up`() async throws {
    let late = BlockedLoad()
    let loading = ModelLoading(begin: .demand)
    try await self.with([ModelSource("a", load: late.load)], loading) { client, _ in
      let waiting = Task { try await self.text(of: "a", client) }
      await late.waitUntilItBegins()
      waiting.cancel()
      _ = await waiting.result
      late.end(.success(ScriptedGenerator(Script("I am a", repeats: true), model: "a")))
      let text = try await self.text(of: "a", client)
      #expect(text == "I am a")
    }
  }
}
