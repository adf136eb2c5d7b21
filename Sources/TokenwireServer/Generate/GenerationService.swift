internal import Generation
internal import Identifiers
internal import Logging
internal import RPC
internal import RequestLog
internal import TokenwireAPI

/// The handlers of `tokenwire.v1.Tokenwire`.
struct GenerationService: TokenwireService {
  private let models: ModelCatalog
  private let access: AccessControl
  private let log: LogHandlers
  private let running = RunningGenerations()

  /// - Parameter log: nil offers no calls that concern a log.
  init(
    models: ModelCatalog,
    access: AccessControl,
    log: RequestLog? = nil,
    logger: Logger
  ) {
    self.models = models
    self.access = access
    self.log = LogHandlers(log: log, access: access, logger: logger)
  }

  func generate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    let caller = try self.access.admit(context)
    try await self.generate(request, for: caller, response, context)
  }

  func secureGenerate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    let caller = try self.access.admit(context, tokenInMessage: request.accessToken)
    try await self.generate(request, for: caller, response, context)
  }

  private func generate(
    _ request: GenerateRequest,
    for caller: AccessControl.Caller,
    _ response: ResponseWriter<GenerateResponse>,
    _ context: CallContext
  ) async throws {
    let deadline =
      request.timeoutNano == 0
      ? context.deadline : try context.end(after: .nanoseconds(request.timeoutNano))
    try await self.generate(request, for: caller, response, before: deadline)
  }

  // What a call remembers while it waits for tokens is all that its functions have, with those that
  // are inlined into them: these are not.

  @inline(never)
  private func generate(
    _ request: GenerateRequest,
    for caller: AccessControl.Caller,
    _ response: ResponseWriter<GenerateResponse>,
    before deadline: ContinuousClock.Instant?
  ) async throws {
    do {
      try await self.begin(request, for: caller, response, before: deadline).run()
    } catch let error as GenerationError {
      throw CallError(error)
    }
  }

  @inline(never)
  private func begin(
    _ request: GenerateRequest,
    for caller: AccessControl.Caller,
    _ response: ResponseWriter<GenerateResponse>,
    before deadline: ContinuousClock.Instant?
  ) async throws -> GenerationRelay {
    let model = try await self.models.use(Identifier(request.model))
    let request = try GenerationRequest(
      request,
      for: model.generator,
      deadline: deadline,
      requester: caller.requester
    )
    return GenerationRelay(
      try await model.generator.generate(request),
      of: model,
      texts: request.n,
      to: response,
      caller,
      among: self.running
    )
  }

  func abort(_ request: AbortRequest, context: CallContext) async throws -> AbortResponse {
    let caller = try self.access.admit(context)
    defer { extendLifetime(caller.admission) }
    guard self.running.abort(Identifier(request.generationID), for: caller) else {
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
    let caller = try self.access.admit(context)
    defer { extendLifetime(caller.admission) }
    return ListModelsResponse(models: self.models.list)
  }

  func countTokens(
    _ request: CountTokensRequest,
    context: CallContext
  ) async throws -> CountTokensResponse {
    let caller = try self.access.admit(context)
    defer { extendLifetime(caller.admission) }
    do {
      let input = try GenerationInput(request.input)
      let use = try await self.models.use(Identifier(request.model))
      defer { extendLifetime(use) }
      let model = try use.generator.model(named: Identifier(request.model))
      let tokens = try await use.generator.countTokens(
        input,
        model: model.id,
        requester: caller.requester
      )
      caller.admission.use(countedTokens: tokens)
      return CountTokensResponse(
        tokens: Int32(clamping: tokens),
        contextLength: Int32(clamping: model.contextLength)
      )
    } catch let error as GenerationError {
      throw CallError(error)
    }
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
