import GRPCTransport
import Generation
import HTTPAPI
import HTTPTransport
import Listening
import TestHTTP
import Testing
import TokenwireServer

@testable import LlamaGeneration

/// A client of HTTP or gRPC that goes away frees the engine's slot, whatever its text is at.
///
/// What the engine has computed shows that it did not go on: how much of a prompt it knows, and that
/// it knows of no text that came to its end.
@Suite struct VanishingClientTests {
  /// Each version of HTTP with answers of both kinds, and gRPC.
  private static let clients = [
    VanishingClient(leaving: .closing), VanishingClient(leaving: .finishing, streams: false),
    VanishingClient(leaving: .closingConnection),
    VanishingClient(leaving: .resetting, streams: false),
    VanishingClient(leaving: .resetting, isGRPC: true),
  ]

  @Test func `while it waits for a slot`() async throws {
    try await Self.withServer { generator, endpoint in
      for (number, client) in Self.clients.enumerated() {
        let other = Task { try await Outcome(Self.endless("Once upon a time"), on: generator) }
        try await generator.waitUntilBusy()
        let prompt = Self.prompt(number, words: 30)
        try await client.leave(endpoint, prompt, waits: false) {
          while generator.queue.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
        }
        other.cancel()
        _ = await other.result
        try await generator.waitUntilFree()
        // Nothing but what all prompts begin with.
        let started = try await Self.started(prompt, on: generator)
        #expect(started.cachedTokens < 10, "\(client)")
        #expect(generator.queue.load.timePerText == nil)
        try await generator.waitUntilFree()
      }
    }
  }

  @Test func `while its prompt is read`() async throws {
    try await Self.withServer { generator, endpoint in
      for (number, client) in Self.clients.enumerated() {
        let prompt = Self.prompt(number, words: 1_000)
        try await client.leave(endpoint, prompt, waits: false) {
          try await generator.waitUntilBusy()
        }
        try await generator.waitUntilFree()
        let started = try await Self.started(prompt, on: generator)
        let (known, whole) = (started.cachedTokens, started.promptTokens ?? 0)
        #expect(known < whole - 1, "\(client): \(known) of \(whole)")
        #expect(generator.queue.load.timePerText == nil)
        try await generator.waitUntilFree()
      }
    }
  }

  @Test func `while its text is written`() async throws {
    try await Self.withServer { generator, endpoint in
      for (number, client) in Self.clients.enumerated() {
        try await client.leave(endpoint, Self.prompt(number, words: 1), waits: true) {
          try await generator.waitUntilBusy()
        }
        try await generator.waitUntilFree()
        #expect(generator.queue.load.timePerText == nil, "\(client)")
      }
    }
  }

  // MARK: Requests

  /// - Parameter number: which prompt: none begins as another one does.
  private static func prompt(_ number: Int, words: Int) -> String {
    "Tale \(number * 7_919 + 1_000): " + (0 ..< words).map { "w\($0 % 10)" }.joined(separator: " ")
  }

  private static func endless(_ prompt: String) -> GenerationRequest {
    GenerationRequest(
      input: .prompt(prompt),
      sampling: SamplingOptions(ignoreEOS: true),
      maxTokens: 400
    )
  }

  /// Begins a text, and ends it at once.
  private static func started(
    _ prompt: String,
    on generator: LlamaGenerator
  ) async throws -> GenerationStarted {
    let events = try await generator.generate(Self.endless(prompt))
    defer { events.cancel() }
    for try await event in events {
      if case .started(let started) = event { return started }
    }
    throw CancellationError()
  }

  /// Runs a server of an engine with one slot.
  private static func withServer(
    _ body: @escaping @Sendable (LlamaGenerator, Endpoint) async throws -> Void
  ) async throws {
    let generator = try LlamaGenerator(
      LlamaConfiguration(
        modelPath: TestModel.path,
        parallel: 1,
        contextLength: 8_192,
        threads: 1
      ),
      logger: TestModel.logger
    )
    let server = TokenwireServer(
      listen: Endpoint(host: "127.0.0.1", port: 0),
      transports: [
        HTTPTransport(
          HTTPAPI(allowsAnonymous: true).groups(),
          streamProtocols: [GRPCTransport()]
        )
      ],
      timeouts: ConnectionTimeouts(firstRequest: .seconds(3600)),
      logger: TestModel.logger,
      models: [ModelSource(generator.model.id) { generator }]
    )
    let (ready, isReady) = AsyncStream.makeStream(of: Endpoint.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { isReady.finish() }
        try await server.run { address, _ in isReady.yield(address) }
      }
      for await endpoint in ready {
        try await generator.waitUntilFree()
        try await body(generator, endpoint)
        group.cancelAll()
        return
      }
      try await group.waitForAll()
    }
  }
}

extension LlamaGenerator {
  /// Returns when a text has the only slot, and none waits.
  fileprivate func waitUntilBusy() async throws {
    while self.queue.load.freeSlots > 0 || self.queue.count > 0 {
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  /// Returns when the only slot is free.
  fileprivate func waitUntilFree() async throws {
    while self.queue.load.freeSlots == 0 { try await Task.sleep(for: .milliseconds(1)) }
  }
}
