import Generation
import Identifiers
import MetricsTestKit
import RPC
import Synchronization
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// What is measured of generations.
@Suite struct GenerationMetricsTests {
  /// A generator of one text, whose events a test gives.
  private final class GivenGenerator: TextGenerator {
    let model = ModelDescription(
      id: "given",
      description: "",
      parameters: 0,
      sizeBytes: 0,
      contextLength: 1000
    )
    let buffer = EventBuffer(capacity: 8) {}
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    private let error: GenerationError?

    init(error: GenerationError? = nil) {
      self.error = error
    }

    func generate(_ request: GenerationRequest) async throws(GenerationError) -> GenerationEvents {
      self.arrived.yield()
      if let error { throw error }
      return self.buffer.events()
    }

    func countTokens(
      _ input: GenerationInput,
      requester: Requester
    ) async throws(GenerationError) -> Int { 1 }

    func run() async {
      // A sleep that is cancelled is what the protocol asks for.
      try? await Task.sleep(for: .seconds(1_000_000))
    }
  }

  private let metrics = TestMetrics()

  private static func request(_ prompt: String = "hi") -> GenerateRequest {
    GenerateRequest(input: .prompt(prompt))
  }

  private func level(_ name: String) throws -> Double {
    try self.metrics.expectMeter("tokenwire_generations_\(name)").values.last ?? 0
  }

  private func levels() throws -> [Double] {
    [try self.level("waiting"), try self.level("running")]
  }

  private func firstTokens() throws -> Int {
    try self.metrics.expectTimer("tokenwire_time_to_first_token").values.count
  }

  @Test func `a generation waits until its first token, and runs until its end`() async throws {
    let generator = GivenGenerator()
    let metrics = GenerationMetrics(factory: self.metrics)
    try await withEndpoint(of: generator, metrics: metrics) { endpoint in
      try await withClient(of: endpoint) { client in
        var answers = try await client.api.generate(Self.request())
          .makeAsyncIterator()
        for await _ in generator.arrivals { break }
        generator.buffer.push(
          .started(
            GenerationStarted(
              model: "given",
              seed: 0,
              promptTokens: 1,
              cachedTokens: 0,
              queueTime: .zero
            )
          )
        )
        _ = try await answers.next()
        #expect(try self.levels() == [1, 0])
        #expect(try self.firstTokens() == 0)
        generator.buffer.push(.delta(GenerationDelta(text: "one", tokenCount: 1)))
        _ = try await answers.next()
        #expect(try self.levels() == [0, 1])
        generator.buffer.push(.delta(GenerationDelta(text: "two", tokenCount: 1)))
        generator.buffer.push(
          .finished(
            GenerationFinished(
              reason: .stop,
              usage: TokenUsage(promptTokens: 1, completionTokens: 2, cachedTokens: 0),
              timings: GenerationTimings(queue: .zero, prompt: .zero, completion: .zero)
            )
          )
        )
        generator.buffer.finish()
        while try await answers.next() != nil {}
      }
    }
    #expect(try self.levels() == [0, 0])
    #expect(try self.firstTokens() == 1)
  }

  @Test func `an echoed prompt is no first token`() async throws {
    let generator = GivenGenerator()
    let metrics = GenerationMetrics(factory: self.metrics)
    try await withEndpoint(of: generator, metrics: metrics) { endpoint in
      try await withClient(of: endpoint) { client in
        var request = Self.request()
        request.echo = true
        var answers = try await client.api.generate(request).makeAsyncIterator()
        for await _ in generator.arrivals { break }
        generator.buffer.push(.delta(GenerationDelta(text: "hi")))
        _ = try await answers.next()
        #expect(try self.levels() == [1, 0])
        generator.buffer.push(.delta(GenerationDelta(text: "one", tokenCount: 1)))
        _ = try await answers.next()
        #expect(try self.levels() == [0, 1])
        generator.buffer.finish()
        while try await answers.next() != nil {}
      }
    }
    #expect(try self.levels() == [0, 0])
    #expect(try self.firstTokens() == 1)
  }

  @Test func `one that is refused, invalid or left waits no more`() async throws {
    let metrics = GenerationMetrics(factory: self.metrics)
    let refusing = GivenGenerator(error: GenerationError(.resourceExhausted, "full"))
    try await withEndpoint(of: refusing, metrics: metrics) { endpoint in
      try await withClient(of: endpoint) { client in
        for prompt in ["hi", ""] {
          await #expect(throws: CallError.self) {
            for try await _ in try await client.api.generate(Self.request(prompt)) {}
          }
        }
      }
    }
    #expect(try self.levels() == [0, 0])

    let silent = GivenGenerator()
    try await withEndpoint(of: silent, metrics: metrics) { endpoint in
      try await withClient(of: endpoint) { client in
        let call = Task {
          for try await _ in try await client.api.generate(Self.request()) {}
        }
        for await _ in silent.arrivals { break }
        let levels = try self.levels()
        #expect(levels == [1, 0])
        call.cancel()
        _ = await call.result
      }
    }
    #expect(try self.levels() == [0, 0])
    #expect(try self.firstTokens() == 0)
  }
}
