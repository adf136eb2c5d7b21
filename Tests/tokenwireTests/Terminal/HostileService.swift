import Identifiers
import Listening
import Logging
import RPC
import TTRPC
import TestServers
import TokenwireAPI

/// A server that puts what terminals obey into all that it says.
struct HostileService: TokenwireService {
  /// Clears the screen, sets the title, colours (by C1, too), turns text around, ends lines.
  static let text =
    "\u{1B}[2J\u{1B}]0;title\u{7}\u{9B}31m\u{7F}\u{8}\u{202E}\u{2067}\u{200F}\u{61C}\u{2028}\u{85}\rend"

  /// Whether each call is refused.
  var refuses = false

  private func check() throws {
    if self.refuses { throw CallError(.invalidArgument, "bad \(Self.text)") }
  }

  func generate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    try self.check()
    let texts = request.n ?? 1
    let started = Started(generationID: Self.text, model: Self.text, userID: Self.text)
    var events: [GenerateResponse.Event] = [.started(started)]
    for index in 0 ..< texts {
      // One sequence over two tokens, also.
      for part in ["a\u{1B}", "[31mb", Self.text] {
        events.append(.delta(Delta(text: part, index: index)))
      }
      let finished = Finished(finishReason: .stop, matchedStop: Self.text, index: index)
      events.append(.finished(finished))
    }
    for (seq, event) in events.enumerated() {
      try await response.write(GenerateResponse(seq: UInt64(seq), event: event))
    }
  }

  func secureGenerate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    try await self.generate(request, response: response, context: context)
  }

  func logRequest(
    _ request: LogRequestRequest,
    context: CallContext
  ) async throws -> LogRequestResponse {
    try self.check()
    return LogRequestResponse(message: Self.text, id: Self.text)
  }

  func queryLogs(
    _ request: QueryLogsRequest,
    response: ResponseWriter<LogEntry>,
    context: CallContext
  ) async throws {
    try self.check()
    try await response.write(
      LogEntry(
        id: Self.text,
        userID: Self.text,
        prompt: Self.text,
        response: Self.text,
        model: Self.text,
        generationID: Self.text,
        metadata: [Self.text: Self.text]
      )
    )
  }

  func eraseLogs(
    _ request: EraseLogsRequest,
    context: CallContext
  ) async throws -> EraseLogsResponse {
    try self.check()
    return EraseLogsResponse(entries: 1, bytes: 1)
  }

  func listModels(
    _ request: ListModelsRequest,
    context: CallContext
  ) async throws -> ListModelsResponse {
    try self.check()
    return ListModelsResponse(
      models: [Model(id: Self.text, description: Self.text, quantization: Self.text)]
    )
  }

  func countTokens(
    _ request: CountTokensRequest,
    context: CallContext
  ) async throws -> CountTokensResponse {
    try self.check()
    return CountTokensResponse(tokens: 1)
  }

  func detokenize(
    _ request: DetokenizeRequest,
    context: CallContext
  ) async throws -> DetokenizeResponse {
    try self.check()
    return DetokenizeResponse(text: Self.text)
  }

  func abort(_ request: AbortRequest, context: CallContext) async throws -> AbortResponse {
    try self.check()
    return AbortResponse()
  }

  /// Runs a server of this service for as long as `body` runs.
  func serve(
    _ body: @escaping @Sendable (_ address: String) async throws -> Void
  ) async throws {
    let server = RPCServer(
      endpoint: .anyPort,
      services: [self.definition],
      logger: .silent
    )
    try await withEndpoint(of: server) { try await body("\($0)") }
  }
}
