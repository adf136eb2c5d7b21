import Identifiers
import Listening
import RPC
import TTRPC
import TestServers
import TokenwireAPI

/// A server that says what a test wants.
struct StubService: TokenwireService {
  var deltas = ["The", " quick", " brown", " fox"]
  /// What follows `started`, in place of all that the members below make.
  var events: [GenerateResponse.Event]?
  /// What ends the text, instead of its last message.
  var error: CallError?
  var hasFinished = true
  /// Whether the text comes as one delta.
  var joinsDeltas = false
  /// Whether the text goes on until it is cancelled.
  var isEndless = false
  /// The only token that `SecureGenerate` takes.
  var token = "secret.token"
  /// The ids that it has given, and those that it was asked to end.
  let started = AsyncStream.makeStream(of: String.self)
  let aborted = AsyncStream.makeStream(of: String.self)

  func generate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    let id = "gen-\(UInt64.random(in: .min ... .max))"
    var seq: UInt64 = 0
    func write(_ event: GenerateResponse.Event) async throws {
      try await response.write(GenerateResponse(seq: seq, event: event))
      seq += 1
    }
    let seed = UInt32.random(in: .min ... .max)
    self.started.continuation.yield(id)
    try await write(.started(Started(generationID: id, model: "stub", seed: seed)))
    if let events {
      for event in events { try await write(event) }
      return
    }
    repeat {
      for delta in self.messages { try await write(.delta(delta)) }
      if self.isEndless { try await Task.sleep(for: .milliseconds(1)) }
    } while self.isEndless
    if let error { throw error }
    if self.hasFinished { try await write(.finished(Finished(finishReason: .length))) }
  }

  private var messages: [Delta] {
    let messages = self.deltas.enumerated().map { Delta(text: $1, tokenIDs: [Int32($0)]) }
    guard self.joinsDeltas else { return messages }
    return [
      Delta(text: messages.map(\.text).joined(), tokenIDs: messages.flatMap(\.tokenIDs))
    ]
  }

  func secureGenerate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    let given = context.metadata["authorization"] ?? "Bearer \(request.accessToken)"
    guard given == "Bearer \(self.token)" else {
      throw CallError(.unauthenticated, "Token is invalid!")
    }
    try await self.generate(request, response: response, context: context)
  }

  func logRequest(
    _ request: LogRequestRequest,
    context: CallContext
  ) async throws -> LogRequestResponse {
    let id = "entry-\(UInt64.random(in: .min ... .max))"
    return LogRequestResponse(message: "Request logged successfully", id: id)
  }

  func queryLogs(
    _ request: QueryLogsRequest,
    response: ResponseWriter<LogEntry>,
    context: CallContext
  ) async throws {
    throw CallError(.notFound, "no entries")
  }

  func eraseLogs(
    _ request: EraseLogsRequest,
    context: CallContext
  ) async throws -> EraseLogsResponse {
    EraseLogsResponse()
  }

  func listModels(
    _ request: ListModelsRequest,
    context: CallContext
  ) async throws -> ListModelsResponse {
    ListModelsResponse(models: [Model(id: "stub")])
  }

  func countTokens(
    _ request: CountTokensRequest,
    context: CallContext
  ) async throws -> CountTokensResponse {
    CountTokensResponse(tokens: 1)
  }

  func detokenize(
    _ request: DetokenizeRequest,
    context: CallContext
  ) async throws -> DetokenizeResponse {
    DetokenizeResponse(text: "stub")
  }

  func abort(_ request: AbortRequest, context: CallContext) async throws -> AbortResponse {
    self.aborted.continuation.yield(request.generationID)
    return AbortResponse()
  }

  /// Runs a server of this service for as long as `body` runs.
  func serve<Result: Sendable>(
    _ body: @escaping @Sendable (Endpoint) async throws -> Result
  ) async throws -> Result {
    let server = RPCServer(
      endpoint: .anyPort,
      services: [self.definition],
      timeouts: .patient,
      logger: .silent
    )
    return try await withEndpoint(of: server, body)
  }
}
