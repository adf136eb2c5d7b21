internal import AccessTokens
internal import FrameRPC
internal import Generation
internal import Logging
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
    let caller = try self.access.admitAnonymous(context)
    try await self.generate(request, for: caller, response, context)
  }

  func secureGenerate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws {
    let token = context.accessToken(orIn: request.accessToken)
    let caller = try self.access.admitUser(token, for: .generate, context)
    try await self.generate(request, for: caller, response, context)
  }

  private func generate(
    _ request: GenerateRequest,
    for caller: AccessControl.Caller,
    _ response: ResponseWriter<GenerateResponse>,
    _ context: CallContext
  ) async throws {
    // The envelope's timeout, which the server's transport enforces, wins over the message's.
    let timeout =
      context.deadline == nil && request.timeoutNano != 0
      ? Duration.nanoseconds(request.timeoutNano) : nil
    let deadline = context.deadline ?? timeout.map { .now + $0 }
    let generate = { @Sendable in
      try await self.models.use(request.model) { generator in
        let request = try GenerationRequest(
          request,
          for: generator,
          deadline: deadline,
          requester: caller.requester
        )
        try await self.stream(request, from: generator, to: response, for: caller)
      }
    }
    do {
      if let timeout {
        try await withTimeout(timeout, generate)
      } else {
        try await generate()
      }
    } catch let error as GenerationError {
      throw CallError(error)
    }
  }

  private func stream(
    _ request: GenerationRequest,
    from generator: any TextGenerator,
    to response: ResponseWriter<GenerateResponse>,
    for caller: AccessControl.Caller
  ) async throws {
    let id = GenerationID.random().text
    let events = try await generator.generate(request)
    self.running.add(events, id: id)
    defer { self.running.remove(id) }

    var responses = GenerateResponses(
      generationID: id,
      userID: caller.userID,
      texts: request.n
    )
    var iterator = events.makeAsyncIterator()
    while true {
      let batch = try await iterator.nextBatch()
      if batch.isEmpty { break }
      let tokens = responses.completionTokens
      var hasRoom = true
      for event in batch { hasRoom = try response.enqueue(responses.response(to: event)) }
      caller.admission.use(tokens: responses.completionTokens - tokens)
      if !hasRoom {
        // The model need not wait for the reader: what it writes meanwhile becomes one message.
        events.joinDeltas(true)
        try await response.waitForRoom()
        events.joinDeltas(false)
      }
    }
    // A stream that ends early was aborted, or its reader, this task, is cancelled.
    if !responses.isFinished {
      try Task.checkCancellation()
      for last in responses.aborted() { try await response.write(last) }
    }
  }

  func abort(_ request: AbortRequest, context: CallContext) async throws -> AbortResponse {
    guard self.running.abort(request.generationID) else {
      throw CallError(
        .notFound,
        "generation_id \"\(request.generationID)\" is not running: it has ended, or never was"
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
    do {
      let input = try GenerationInput(request.input)
      return try await self.models.use(request.model) { generator in
        let model = try generator.model(named: request.model)
        let tokens = try await generator.countTokens(input, model: model.id)
        return CountTokensResponse(
          tokens: Int32(clamping: tokens),
          contextLength: Int32(clamping: model.contextLength)
        )
      }
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
