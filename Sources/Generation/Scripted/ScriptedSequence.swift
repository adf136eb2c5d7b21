/// One generation of a scripted generator: its position in the script. Several texts are generated
/// one after the other.
struct ScriptedSequence {
  let id: Int
  let buffer: EventBuffer
  private let request: GenerationRequest
  private let script: Script
  private let started: GenerationStarted
  private let arrival: ContinuousClock.Instant
  private var assembler: DeltaAssembler
  private var position = 0
  private var index = 0
  private var begin: ContinuousClock.Instant?
  private var firstToken: ContinuousClock.Instant?

  init(
    _ request: GenerationRequest,
    id: Int,
    started: GenerationStarted,
    script: Script,
    buffer: EventBuffer,
    arrival: ContinuousClock.Instant
  ) {
    self.id = id
    self.request = request
    self.started = started
    self.script = script
    self.buffer = buffer
    self.arrival = arrival
    self.assembler = Self.assembler(for: request)
  }

  private static func assembler(for request: GenerationRequest) -> DeltaAssembler {
    DeltaAssembler(stop: request.stop, minTokens: request.sampling.minTokens)
  }

  /// Whether the sequence continues, and if so, whether its reader has room.
  enum Progress {
    case runnable
    case parked
    case ended
  }

  /// Emits at most `count` tokens, as far as the reader has room.
  mutating func advance(tokens count: Int, waking readers: inout WaitingReaders) -> Progress {
    switch self.buffer.demand {
    case .abandoned: return .ended
    case .full: return .parked
    case .room(let room):
      var events = self.opening()
      let end = self.emit(min(count, room), into: &events)
      if let end { events.append(.finished(end)) }
      let demand = self.buffer.push(contentsOf: events, waking: &readers)
      if end != nil && !self.beginNext() {
        self.buffer.finish()
        return .ended
      }
      return demand == .full ? .parked : .runnable
    }
  }

  /// - Returns: whether there is another text.
  private mutating func beginNext() -> Bool {
    guard self.index + 1 < self.request.n else { return false }
    self.index += 1
    self.position = 0
    self.assembler = Self.assembler(for: self.request)
    return true
  }

  private mutating func opening() -> [GenerationEvent] {
    guard self.begin == nil else { return [] }
    self.begin = .now
    var started = self.started
    started.queueTime = .now - self.arrival
    var events = [GenerationEvent.started(started)]
    if self.request.echo {
      events.append(.delta(GenerationDelta(text: self.request.input.text)))
    }
    return events
  }

  /// Appends the events of the next tokens, and returns the end of the text if it is reached.
  private mutating func emit(
    _ count: Int,
    into events: inout [GenerationEvent]
  ) -> GenerationFinished? {
    if self.request.maxTokens == 0 { return self.finish(.length, &events) }
    for _ in 0 ..< count {
      guard let index = self.nextIndex else {
        return self.finish(.stop, &events)
      }
      self.position += 1
      if self.firstToken == nil { self.firstToken = .now }
      let delta =
        self.request.stop.isEmpty
        ? self.script.deltas[index]
        : self.assembler.append(Int32(index), bytes: self.script.tokens[index])
      self.append(delta, to: &events)
      if self.assembler.matchedStop != nil { return self.finish(.stopSequence, &events) }
      if self.position == self.request.maxTokens { return self.finish(.length, &events) }
    }
    return nil
  }

  private func append(_ delta: GenerationDelta?, to events: inout [GenerationEvent]) {
    guard var delta else { return }
    delta.index = self.index
    events.append(.delta(delta))
  }

  private var nextIndex: Int? {
    let count = self.script.tokens.count
    if self.position < count { return self.position }
    return self.script.repeats ? self.position % count : nil
  }

  private mutating func finish(
    _ reason: FinishReason,
    _ events: inout [GenerationEvent]
  ) -> GenerationFinished {
    var reason = reason
    if let delta = self.assembler.finish() {
      self.append(delta, to: &events)
      if self.assembler.matchedStop != nil { reason = .stopSequence }
    }
    let now = ContinuousClock.now
    let firstToken = self.firstToken ?? now
    return GenerationFinished(
      index: self.index,
      reason: reason,
      matchedStop: self.assembler.matchedStop,
      usage: TokenUsage(
        promptTokens: self.started.promptTokens ?? 0,
        completionTokens: self.position,
        cachedTokens: 0
      ),
      timings: GenerationTimings(
        queue: (self.begin ?? now) - self.arrival,
        prompt: firstToken - (self.begin ?? now),
        completion: now - firstToken
      )
    )
  }
}

extension GenerationInput {
  /// The input as text, because a scripted generator has no vocabulary.
  var text: String {
    switch self {
    case .prompt(let prompt): prompt
    case .conversation(let conversation):
      conversation.messages.map(\.content).joined(separator: "\n")
    case .tokens(let tokens): tokens.map { "\($0)" }.joined(separator: " ")
    }
  }
}
