import RPC
import TokenwireAPI

/// The service of a Tokenwire server, which answers with fixed messages. A prompt with "wait" has no
/// end, one with "fail" fails.
struct FuzzedTokenwire: TokenwireService {
  func generate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    try await self.write(request, response)
  }

  func secureGenerate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    try await self.write(request, response)
  }

  private func write(
    _ request: GenerateRequest,
    _ response: ResponseWriter<GenerateResponse>
  ) async throws {
    var seq: UInt64 = 0
    func write(_ event: GenerateResponse.Event) async throws {
      var message = GenerateResponse()
      message.seq = seq
      message.event = event
      seq += 1
      try await response.write(message)
    }
    let wish = Self.wish(request)
    if wish.contains("fail first") { throw CallError(.invalidArgument, "there is a wish") }
    var started = Started()
    started.generationID = "gen-1"
    started.model = "m"
    try await write(.started(started))
    let count = max(1, Int(request.n ?? 1))
    for index in 0 ..< min(count, 16) {
      var delta = Delta()
      delta.index = Int32(index)
      delta.text = wish.contains("much") ? String(repeating: "text ", count: 1000) : "é\"text"
      delta.tokenIDs = [1]
      for _ in 0 ..< 5 { try await write(.delta(delta)) }
    }
    if wish.contains("wait") { try await untilCancelled() }
    if wish.contains("fail") { throw CallError(.unavailable, "there is a wish") }
    for index in 0 ..< min(count, 16) {
      var finished = Finished()
      finished.finishReason = .stop
      finished.index = Int32(index)
      finished.usage = Usage(promptTokens: 1, completionTokens: 5)
      try await write(.finished(finished))
    }
  }

  private static func wish(_ request: GenerateRequest) -> String {
    switch request.input {
    case .prompt(let prompt): prompt
    case .messages(let messages): messages.messages.map(\.content).joined()
    default: ""
    }
  }

  func logRequest(
    _ request: LogRequestRequest,
    context: CallContext
  ) async throws -> LogRequestResponse {
    LogRequestResponse()
  }

  func queryLogs(
    _ request: QueryLogsRequest,
    response: ResponseWriter<LogEntry>,
    context: CallContext
  ) async throws {
    for number in 0 ..< 3 {
      var entry = LogEntry()
      entry.seq = UInt64(number)
      entry.id = "\(number)"
      try await response.write(entry)
    }
    if request.follow { try await untilCancelled() }
  }

  func eraseLogs(
    _ request: EraseLogsRequest,
    context: CallContext
  ) async throws -> EraseLogsResponse {
    throw CallError(.permissionDenied, "nothing is erased here")
  }

  func listModels(
    _ request: ListModelsRequest,
    context: CallContext
  ) async throws -> ListModelsResponse {
    var model = Model()
    model.id = "m"
    model.isDefault = true
    return ListModelsResponse(models: [model])
  }

  func countTokens(
    _ request: CountTokensRequest,
    context: CallContext
  ) async throws -> CountTokensResponse {
    CountTokensResponse(tokens: 3, contextLength: 10, tokenIDs: [1, 2, 3])
  }

  func detokenize(
    _ request: DetokenizeRequest,
    context: CallContext
  ) async throws -> DetokenizeResponse {
    DetokenizeResponse(text: "text")
  }

  func abort(_ request: AbortRequest, context: CallContext) async throws -> AbortResponse {
    AbortResponse()
  }
}
