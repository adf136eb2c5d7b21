import Generation
import Identifiers
import UpstreamGeneration

/// What a server of a kind is asked about tokens in a test.
struct TokenExchange<Answer: Sendable>: Sendable {
  var answer: Answer
  var requests: [FakeUpstream.Request]

  /// - Parameters:
  ///   - answers: what the server answers, one after the other; the last one again and again.
  ///   - ask: asks the generator.
  init(
    _ kind: UpstreamKind,
    _ answers: String...,
    ask: @escaping @Sendable (UpstreamGenerator) async throws -> Answer
  ) async throws {
    let upstream = try await FakeUpstream.start { _, number in
      .answer(answers[min(number, answers.count - 1)], type: "application/json")
    }
    self.answer = try await withGenerator(.of(upstream, kind: kind), ask)
    try await upstream.stop()
    self.requests = upstream.requests
  }

  /// The first lines of the requests.
  var lines: [String] { self.requests.map { $0.head.prefix { !$0.isNewline }.description } }
}

/// The error of a call that fails.
func failure<Answer>(
  _ call: () async throws(GenerationError) -> Answer
) async -> GenerationError? {
  do throws(GenerationError) {
    _ = try await call()
    return nil
  } catch {
    return error
  }
}

extension GenerationInput {
  /// A conversation with all that a prompt depends on.
  static let wholeConversation = GenerationInput.conversation(
    Conversation(
      [
        ChatMessage(role: .system, content: "Be brief."), ChatMessage(role: .user, content: "a"),
      ],
      tools: [Tool(name: "f", description: "", parameters: "")],
      toolChoice: .required
    )
  )
}
