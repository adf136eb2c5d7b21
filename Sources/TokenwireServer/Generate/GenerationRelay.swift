internal import Generation
internal import RPC
internal import TokenwireAPI

/// Sends one generation to its caller.
///
/// Calls wait for their next token nearly all the time, often a thousand of them. This type holds
/// their state, because the frames of suspended functions would take more memory.
final class GenerationRelay {
  private let id = GenerationID.random().identifier
  private let events: GenerationEvents
  private let response: ResponseWriter<GenerateResponse>
  private let caller: Caller
  private let running: RunningGenerations
  /// Whether the call generates nothing. Its prompt then counts as with `CountTokens`.
  private let onlyReads: Bool
  /// Whether texts begin with the prompt.
  private let echoes: Bool
  private let arrival: ContinuousClock.Instant
  private var hasBegun = false
  private var responses: GenerateResponses

  private init(
    _ events: GenerationEvents,
    _ request: GenerationRequest,
    to response: ResponseWriter<GenerateResponse>,
    _ caller: Caller,
    since arrival: ContinuousClock.Instant,
    among running: RunningGenerations
  ) {
    self.events = events
    self.response = response
    self.caller = caller
    self.running = running
    self.arrival = arrival
    self.onlyReads = request.maxTokens == 0
    self.echoes = request.echo
    self.responses = GenerateResponses(
      generationID: self.id,
      userID: caller.userID,
      texts: request.n
    )
  }

  /// Begins a generation.
  ///
  /// Not an initialiser, which would copy the request. Neither that copy nor, if inlined, the values of
  /// this function belong in the frame of the suspended call: 0.8 KiB.
  ///
  /// - Parameters:
  ///   - deadline: when the caller stops waiting.
  ///   - running: has the generation while it runs.
  /// - Throws: `CallError` for an invalid request, `GenerationError`.
  @inline(never)
  static func begin(
    _ request: GenerateRequest,
    by slot: ModelSlot,
    to response: ResponseWriter<GenerateResponse>,
    _ caller: Caller,
    before deadline: ContinuousClock.Instant?,
    among running: RunningGenerations
  ) async throws -> GenerationRelay {
    let arrival = ContinuousClock.now
    running.metrics.arrive()
    do {
      let generator = try await slot.loaded()
      let request = try GenerationRequest(
        request,
        for: generator,
        deadline: deadline,
        requester: caller.requester
      )
      return GenerationRelay(
        try await generator.generate(request),
        request,
        to: response,
        caller,
        since: arrival,
        among: running
      )
    } catch {
      running.metrics.end(hasBegun: false)
      throw error
    }
  }

  /// Sends the events as they arrive, until the end.
  func run() async throws {
    self.running.add(self.events, id: self.id, of: self.caller.requester)
    defer {
      _ = self.missingStart()
      self.running.remove(self.id)
      self.running.metrics.end(hasBegun: self.hasBegun)
      if let cost = self.responses.cost { self.caller.spend(cost) }
    }
    var iterator = self.events.makeAsyncIterator()
    while true {
      let batch = try await iterator.nextBatch()
      if batch.isEmpty { break }
      if try self.send(batch) { continue }
      // The model need not wait for the reader: its deltas are joined into one message.
      self.events.joinDeltas(true)
      try await self.response.waitForRoom()
      self.events.joinDeltas(false)
    }
    if !self.responses.isFinished {
      // The stream ends early when the generation was aborted or this task is cancelled.
      try Task.checkCancellation()
      try self.sendEnd(iterator.cut())
    }
  }

  private func sendEnd(_ cut: CutAnswers) throws(CallError) {
    if let start = self.missingStart() { _ = try self.response.enqueue(start) }
    _ = try self.send(cut.rests.map { .delta($0) }[...])
    for last in self.responses.aborted(incomplete: cut.incomplete) {
      _ = try self.response.enqueue(last)
    }
  }

  /// The first message of a generation that has ended before it was written, although it has cost
  /// something: it is counted with this. Nil of others.
  private func missingStart() -> GenerateResponse? {
    guard !self.responses.hasStarted, let started = self.events.expectedStart else { return nil }
    self.caller.note(ServedText(started))
    return self.responses.response(to: .started(started))
  }

  /// - Returns: whether there is room for more.
  private func send(_ batch: ArraySlice<GenerationEvent>) throws(CallError) -> Bool {
    let tokens = self.responses.generatedTokens
    var hasRoom = true
    for event in batch {
      if case .started(let started) = event {
        self.caller.note(ServedText(started))
        if self.onlyReads { self.caller.use(countedTokens: started.promptTokens ?? 0) }
      }
      if !self.hasBegun, case .delta(let delta) = event, !self.echoes || delta.isGenerated {
        self.hasBegun = true
        self.running.metrics.begin(after: .now - self.arrival)
      }
      hasRoom = try self.response.enqueue(self.responses.response(to: event))
    }
    self.caller.use(tokens: self.responses.generatedTokens - tokens)
    return hasRoom
  }
}

extension GenerationDelta {
  /// Whether it is more than the echoed prompt, as far as the generator knows its tokens.
  fileprivate var isGenerated: Bool {
    self.tokenCount > 0 || !self.reasoning.isEmpty || !self.toolCalls.isEmpty
  }
}
