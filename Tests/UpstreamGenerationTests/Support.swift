import Generation
import Identifiers
import Logging
import UpstreamGeneration

/// What came of a generation.
struct Answer: Sendable {
  var started: GenerationStarted?
  var text = ""
  var reasoning = ""
  var calls: [ToolCall] = []
  var logprobs: [TokenLogprobs] = []
  var tokens = 0
  var finished: [GenerationFinished] = []
  var error: GenerationError?

  init(of events: GenerationEvents) async {
    do throws(GenerationError) {
      for try await event in events { self.take(event) }
    } catch {
      self.error = error
    }
  }

  private mutating func take(_ event: GenerationEvent) {
    switch event {
    case .started(let started): self.started = started
    case .delta(let delta):
      self.text += delta.text
      self.reasoning += delta.reasoning
      self.logprobs += delta.logprobs
      self.tokens += delta.tokenCount
      for call in delta.toolCalls {
        if let id = call.id, let name = call.name {
          self.calls.append(ToolCall(id: id, name: name, arguments: call.arguments))
        } else {
          self.calls[call.index].arguments += call.arguments
        }
      }
    case .finished(let finished): self.finished.append(finished)
    case .progress, .promptLogprobs: break
    }
  }
}

extension UpstreamModel {
  /// A model of these servers.
  static func of(
    _ upstreams: FakeUpstream...,
    kind: UpstreamKind = .openai,
    key: APIKey? = APIKey("sk-very-secret-key-1234567890"),
    limits: UpstreamLimits = UpstreamLimits(),
    fallback: Identifier? = nil
  ) -> UpstreamModel {
    UpstreamModel(
      "model",
      kind: kind,
      name: "there",
      replicas: upstreams.enumerated().map { index, upstream in
        UpstreamReplica(name: Identifier("r\(index + 1)"), baseURL: upstream.baseURL)
      },
      key: key,
      limits: limits,
      fallback: fallback
    )
  }
}

extension GenerationRequest {
  /// A conversation of one message.
  static func chat(_ text: String = "Hello", maxTokens: Int = 50) -> GenerationRequest {
    GenerationRequest(
      input: .conversation(Conversation([ChatMessage(role: .user, content: text)])),
      maxTokens: maxTokens
    )
  }
}

/// Runs the generator of a model for as long as `body` runs.
func withGenerator<Result: Sendable>(
  _ model: UpstreamModel,
  fallback: UpstreamGenerator? = nil,
  _ body: @escaping @Sendable (UpstreamGenerator) async throws -> Result
) async throws -> Result {
  let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  let generator = UpstreamGenerator(model, logger: logger) { _ in fallback }
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { await generator.run() }
    defer { group.cancelAll() }
    return try await body(generator)
  }
}

/// The answer to a request of a server that answers in one way.
func answer(
  to request: GenerationRequest = .chat(),
  kind: UpstreamKind = .openai,
  limits: UpstreamLimits = UpstreamLimits(),
  _ steps: @escaping @Sendable (_ number: Int) -> [FakeUpstream.Step]
) async throws -> (Answer, [FakeUpstream.Request]) {
  let upstream = try await FakeUpstream.start { _, number in steps(number) }
  let answer = try await withGenerator(.of(upstream, kind: kind, limits: limits)) { generator in
    await Answer(of: try await generator.generate(request))
  }
  try await upstream.stop()
  return (answer, upstream.requests)
}
