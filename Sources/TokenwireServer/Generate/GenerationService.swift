internal import Generation
internal import Identifiers
internal import Logging
internal import RPC
internal import RequestLog
internal import TokenwireAPI

/// The handlers of `tokenwire.v1.Tokenwire`, for calls that `AccessControl` admitted.
struct GenerationService: TokenwireService {
  private let models: ModelCatalog
  private let log: LogHandlers
  private let running: RunningGenerations

  /// Limited because a token that takes one byte in the request may be a hundred bytes of text.
  private static let maximumTokenIDs = 1 << 18

  /// - Parameter log: nil disables the log's methods.
  init(
    models: ModelCatalog,
    log: (any LogStore)? = nil,
    metrics: GenerationMetrics = GenerationMetrics(),
    logger: Logger
  ) {
    self.models = models
    self.running = RunningGenerations(metrics: metrics)
    self.log = LogHandlers(log: log, logger: logger)
  }

  func generate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    try await self.write(request, response, context)
  }

  func secureGenerate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    try await self.write(request, response, context)
  }

  private func write(
    _ request: GenerateRequest,
    _ response: ResponseWriter<GenerateResponse>,
    _ context: CallContext
  ) async throws {
    let caller = try context.admitted
    let deadline =
      request.timeoutNano == 0
      ? context.deadline : try context.end(after: .nanoseconds(request.timeoutNano))
    let slot = try self.models.hold(Identifier(request.model), for: caller)
    defer { slot.release() }
    try await GenerationRelay.begin(
      request,
      by: slot,
      to: response,
      caller,
      before: deadline,
      among: self.running
    ).run()
  }

  func abort(_ request: AbortRequest, context: CallContext) async throws -> AbortResponse {
    guard self.running.abort(Identifier(request.generationID), for: try context.admitted) else {
      throw CallError(
        .notFound,
        "generation_id \"\(request.generationID.shortened)\" is not running: it has ended, or never was"
      )
    }
    return AbortResponse()
  }

  func listModels(
    _ request: ListModelsRequest,
    context: CallContext
  ) async throws -> ListModelsResponse {
    ListModelsResponse(models: self.models.list)
  }

  func countTokens(
    _ request: CountTokensRequest,
    context: CallContext
  ) async throws -> CountTokensResponse {
    let caller = try context.admitted
    let input = try GenerationInput(request.input)
    let slot = try self.models.hold(Identifier(request.model), for: caller)
    defer { slot.release() }
    let generator = try await slot.loaded()
    let requester = caller.requester
    let tokens =
      request.returnTokens ? try await generator.tokens(of: input, requester: requester) : nil
    let count =
      if let tokens { tokens.count } else {
        try await generator.countTokens(input, requester: requester)
      }
    caller.use(countedTokens: count)
    return CountTokensResponse(
      tokens: Int32(clamping: count),
      contextLength: Int32(clamping: generator.model.contextLength),
      tokenIDs: tokens ?? []
    )
  }

  func detokenize(
    _ request: DetokenizeRequest,
    context: CallContext
  ) async throws -> DetokenizeResponse {
    let caller = try context.admitted
    guard request.tokenIDs.count <= Self.maximumTokenIDs else {
      throw CallError.outOfRange(
        "token_ids",
        "\(request.tokenIDs.count) tokens",
        "at most \(Self.maximumTokenIDs)"
      )
    }
    let slot = try self.models.hold(Identifier(request.model), for: caller)
    defer { slot.release() }
    let generator = try await slot.loaded()
    let text = try await generator.text(of: request.tokenIDs, requester: caller.requester)
    caller.use(countedTokens: request.tokenIDs.count)
    return DetokenizeResponse(text: text)
  }

  // MARK: The log

  func logRequest(
    _ request: LogRequestRequest,
    context: CallContext
  ) async throws -> LogRequestResponse {
    try await self.log.logRequest(request, context: context)
  }

  func queryLogs(
    _ request: QueryLogsRequest,
    response: ResponseWriter<LogEntry>,
    context: CallContext
  ) async throws {
    try await self.log.queryLogs(request, response: response, context: context)
  }

  func eraseLogs(
    _ request: EraseLogsRequest,
    context: CallContext
  ) async throws -> EraseLogsResponse {
    try await self.log.eraseLogs(request, context: context)
  }
}
