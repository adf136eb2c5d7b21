internal import Concurrency
internal import Generation
internal import Logging

/// The decode thread: the only place that calls `llama_decode`.
///
/// It works in steps. Each step gives free slots to waiting requests, fills a batch with the next
/// token of every generation and with parts of prompts, decodes it, and chooses a token for each
/// generation. It never waits for a reader: when a reader's buffer is full, the generation leaves
/// its slot until there is room again.
actor LlamaEngine {
  // libllama also computes on its caller's stack.
  private let executor = ThreadExecutor(name: "tokenwire-llama", stackSize: 8 << 20)
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  private let context: LlamaContext
  private let configuration: LlamaConfiguration
  private let queue: RequestQueue
  private let logger: Logger
  private let slots: Slots
  private let batch: Batch
  private var pace: Pace
  private var threads: ThreadCount
  private var stepCost = StepCost()
  private let drafting: Drafting
  /// Generations in slots whose prompts are not computed yet, in order of arrival.
  private var prefilling: [LlamaSequence] = []
  /// Generations without a slot, whose readers' buffers were full.
  private var parked: [LlamaSequence] = []
  /// Generations in slots whose next tokens are chosen in later steps, in this order, with their
  /// logits.
  private var unchosen: [(sequence: LlamaSequence, logits: [Float])] = []

  /// Room for the prompts of requests that arrive together, so that their generations begin
  /// together.
  private static let batchCapacity = 1024
  /// The most tokens of one prompt in a step. More is not faster, and delays requests that arrive
  /// meanwhile.
  private static let promptPart = 512
  /// The most tokens in a step of prompts whose probabilities are reported: libllama keeps the logits
  /// of the whole vocabulary for each, and each is normalized.
  private static let logprobsPart = 64
  /// The time in a step for choosing tokens with constraints, after the first choice. Finding the
  /// allowed tokens can take as long as the rest of the step, and delays all generations.
  private static let constraintTime = Duration.milliseconds(5)
  /// Requests that arrive together are at most this far apart.
  private static let gatheringTime = Duration.milliseconds(1)
  /// The first request waits for others no longer than this.
  private static let maximumGatheringTime = Duration.milliseconds(10)

  /// - Parameter draftModel: a smaller model of the same vocabulary; nil is none.
  init(
    _ model: LlamaModel,
    _ configuration: LlamaConfiguration,
    draftModel: LlamaModel?,
    _ use: Drafting.Use,
    queue: RequestQueue,
    logger: Logger
  ) throws(LlamaLoadError) {
    let capacity = max(Self.batchCapacity, configuration.parallel)
    self.context = try LlamaContext(model, configuration, batchCapacity: capacity)
    self.configuration = configuration
    self.queue = queue
    self.logger = logger
    self.slots = Slots(self.context, configuration)
    self.batch = Batch(capacity: capacity)
    self.pace = Pace(interTokenLimit: configuration.interTokenLimit)
    self.threads = ThreadCount(maximum: configuration.threads)
    let drafting = Drafting(
      try draftModel.map { (draftModel) throws(LlamaLoadError) in
        try DraftModel(draftModel, for: model, configuration)
      },
      use,
      endTokens: model.endTokens,
      configuration,
      logger: logger
    )
    self.drafting = drafting
    self.slots.didMove = { drafting.move(from: $0, to: $1) }
  }

  /// Generates until the task is cancelled.
  func run() async {
    if let cost = self.drafting.measure(self.context, self.batch) { self.stepCost = cost }
    while !Task.isCancelled {
      self.dismiss()
      self.admit()
      let didStep = self.stepTogether()
      if !self.stepAlone() && !didStep {
        await self.queue.waitForNews()
        await self.gather()
      }
    }
    self.queue.close()
    self.end()
  }

  /// Waits for requests that arrive together with the first one: prompts are cheaper together, and
  /// generations that begin together keep the batch full to their end.
  private func gather() async {
    let end = ContinuousClock.now + Self.maximumGatheringTime
    var count = self.queue.count
    while 1 ..< self.slots.count ~= count && .now < end {
      // A cancelled sleep returns at once, and `run` then ends.
      try? await Task.sleep(for: Self.gatheringTime, tolerance: .zero)
      if self.queue.count == count { return }
      count = self.queue.count
    }
  }

  /// Frees the slots of generations without a reader.
  private func dismiss() {
    for index in self.slots.indices {
      guard let sequence = self.slots[index] else { continue }
      switch sequence.request.buffer.demand {
      case .room: continue
      case .full: self.parked.append(sequence)
      case .abandoned: break
      }
      self.slots.release(index)
      self.prefilling.removeAll { $0 === sequence }
      self.unchosen.removeAll { $0.sequence === sequence }
    }
  }

  /// Gives free slots to waiting requests.
  private func admit() {
    self.parked.removeAll { sequence in
      switch sequence.request.buffer.demand {
      case .full: return false
      case .abandoned: return true
      case .room:
        guard self.slots.hasRoom else { return false }
        self.begin(sequence)
        return true
      }
    }
    while self.slots.hasRoom,
      let request = self.queue.next(where: { !self.slots.willKnowMore(of: $0) })
    {
      if let refusal = self.refusal(of: request) {
        request.fail(refusal)
      } else {
        self.begin(
          LlamaSequence(
            request,
            modelID: self.configuration.modelID,
            contextLength: self.configuration.contextLength
          )
        )
      }
    }
    self.slots.closeGaps()
    self.queue.report(
      EngineLoad(
        freeSlots: self.slots.count - self.slots.runningCount,
        timePerText: self.pace.text.map { $0 / self.slots.count }
      )
    )
  }

  /// An error if the deadline will pass before the prompt is computed.
  private func refusal(of request: LlamaRequest) -> GenerationError? {
    guard let deadline = request.request.deadline, let promptToken = self.pace.promptToken else {
      return nil
    }
    let needed = promptToken * (request.prompt.count - self.slots.knownLength(of: request))
    let left = deadline - .now
    return needed > left ? .cannotMeetDeadline(left: left, needed: needed) : nil
  }

  private func begin(_ sequence: LlamaSequence) {
    sequence.takePlace(knowing: self.slots.place(sequence))
    if sequence.isPrefilling && !sequence.isDeterministic { self.prefilling.append(sequence) }
  }

  /// - Returns: whether there was anything to do.
  private func stepTogether() -> Bool {
    var others = 0
    for index in self.slots.indices {
      guard let sequence = self.slots[index] else { continue }
      let isNext = sequence.pendingCount == 1 && !sequence.isDeterministic
      sequence.share = isNext ? 1 : 0
      others += sequence.share
    }
    others += self.draft(beside: others)
    self.sharePrompts(beside: others)
    self.fillBatch()
    if self.batch.count == 0 {
      if self.unchosen.isEmpty { return false }
      self.chooseTokens()
      return true
    }
    let begin = ContinuousClock.now
    if self.decode(threads: self.threadCount(at: begin)) {
      let time = ContinuousClock.now - begin
      self.drafting.record(stepTime: time)
      let promptTokens = self.batch.count - others
      self.pace.record(promptTokens: promptTokens, others: others, time: time)
      if promptTokens == 0 { self.stepCost.record(tokens: others, time: time) }
      self.chooseTokens()
    }
    return true
  }

  /// Drafts what may follow the next tokens of `count` generations, as far as it pays.
  ///
  /// - Returns: how many tokens.
  private func draft(beside count: Int) -> Int {
    guard self.context.model.canForgetEnd, count > 0 else { return 0 }
    let slots = self.slots.indices.compactMap { index in
      self.slots[index].flatMap { $0.share == 1 ? (index, $0) : nil }
    }
    // The rest of the batch is for prompts.
    let room = (self.batch.capacity - count) / 2
    return self.drafting.makeDrafts(
      slots,
      self.stepCost,
      room: room,
      threads: self.threads.value
    )
  }

  private func threadCount(at now: ContinuousClock.Instant) -> Int {
    if self.threads.isDue(at: now), let times = ProcessorTimes.now { self.threads.update(times) }
    return self.threads.value
  }

  /// A step for each deterministic generation, alone, because the last bits of libllama's results
  /// depend on the rest of the batch and on the number of threads.
  ///
  /// - Returns: whether there was anything to do.
  private func stepAlone() -> Bool {
    var didStep = false
    for index in self.slots.indices {
      guard let sequence = self.slots[index], sequence.isDeterministic, sequence.pendingCount > 0
      else { continue }
      for other in self.slots.indices { self.slots[other]?.share = 0 }
      sequence.share = sequence.deterministicShare
      self.fillBatch()
      if self.decode(threads: self.configuration.threads) { self.chooseTokens() }
      didStep = true
    }
    return didStep
  }

  private func fillBatch() {
    self.batch.clear()
    for index in self.slots.indices {
      guard let sequence = self.slots[index] else { continue }
      let end = sequence.position + sequence.share
      for position in sequence.position ..< end {
        self.batch.add(
          sequence.tokens[position],
          at: position,
          slot: index,
          wantsLogits: sequence.wantsLogits(at: position)
        )
      }
      for (offset, token) in sequence.drafter.draft.enumerated() {
        self.batch.add(token, at: end + offset, slot: index, wantsLogits: true)
      }
    }
  }

  /// Decides how much of each prompt is computed: of the first as much as there is room for, others
  /// whole or not at all, because libllama computes prompts of equal length together, but uneven
  /// parts one by one.
  private func sharePrompts(beside others: Int) {
    var room = self.pace.promptTokens(beside: others, capacity: self.batch.capacity - others)
    var logprobsRoom = Self.logprobsPart
    for (index, sequence) in self.prefilling.enumerated() {
      let limit = sequence.reportsLogprobs ? min(room, logprobsRoom) : room
      let isWhole = sequence.pendingCount <= limit
      let part = index == 0 ? min(limit, Self.promptPart) : 0
      sequence.share = isWhole ? sequence.pendingCount : part
      if sequence.reportsLogprobs {
        logprobsRoom -= sequence.share
        room -= sequence.share
      } else {
        room = isWhole ? room - sequence.share : 0
      }
    }
  }

  /// - Returns: whether it succeeded; otherwise the generations in the batch have ended with an
  ///   error.
  private func decode(threads: Int) -> Bool {
    do {
      try self.context.decode(self.batch, threads: threads)
      return true
    } catch {
      self.logger.error("llama_decode failed", metadata: ["code": "\(error.code)"])
      self.fail()
      return false
    }
  }

  private func fail() {
    let failure = GenerationError(.internal, "The model failed; the server's log says why")
    for index in self.slots.indices {
      guard let sequence = self.slots[index], sequence.share > 0 else { continue }
      sequence.request.fail(failure)
      self.slots.forget(index)
      self.prefilling.removeAll { $0 === sequence }
    }
  }

  /// Chooses the next tokens of the generations in the batch, and of those in `unchosen`.
  private func chooseTokens() {
    var constraintTime = Duration.zero
    while !self.unchosen.isEmpty, constraintTime < Self.constraintTime {
      var (sequence, logits) = self.unchosen.removeFirst()
      constraintTime += logits.withUnsafeMutableBufferPointer {
        self.chooseToken(of: sequence, $0).time
      }
    }
    var end = 0
    for index in self.slots.indices {
      guard let sequence = self.slots[index], sequence.share > 0 else { continue }
      end += sequence.share
      let draftCount = sequence.drafter.draft.count
      sequence.advance()
      let offset = end - sequence.position
      sequence.reportPrompt(self.context.model) {
        self.context.logits(at: offset + $0)
      }
      if sequence.pendingCount == 0 {
        self.chooseTokens(of: sequence, logitsAt: end - 1, &constraintTime)
        self.dropDraft(of: sequence, slot: index)
      }
      end += draftCount
    }
    self.prefilling.removeAll { !$0.isPrefilling }
  }

  /// Chooses the next token of a generation, and further ones as long as they are the drafted ones.
  ///
  /// - Parameters:
  ///   - first: where in the batch the logits of the next token are; then come those of the draft.
  ///   - constraintTime: how long choosing with constraints took in this step.
  private func chooseTokens(
    of sequence: LlamaSequence,
    logitsAt first: Int,
    _ constraintTime: inout Duration
  ) {
    var index = first
    while true {
      let logits = self.context.logits(at: index)
      if sequence.isConstrained && constraintTime >= Self.constraintTime {
        self.unchosen.append((sequence, Array(logits)))
        return
      }
      let (goesOn, time) = self.chooseToken(of: sequence, logits)
      if sequence.isConstrained { constraintTime += time }
      guard goesOn, case .room = sequence.request.buffer.demand, sequence.acceptDraft() else {
        return
      }
      index += 1
    }
  }

  /// Learns from a draft, and removes the rest of it from the slot.
  private func dropDraft(of sequence: LlamaSequence, slot: Int) {
    self.drafting.learn(from: sequence)
    guard !sequence.drafter.draft.isEmpty else { return }
    _ = self.context.truncate(slot: slot, to: sequence.position)
    sequence.drafter.drop()
  }

  /// - Returns: whether the generation continues, and how long choosing took.
  @discardableResult
  private func chooseToken(
    of sequence: LlamaSequence,
    _ logits: UnsafeMutableBufferPointer<Float>
  ) -> (goesOn: Bool, time: Duration) {
    let begin = ContinuousClock.now
    let goesOn = sequence.sample(logits, model: self.context.model)
    if !goesOn {
      self.pace.record(textTime: sequence.age)
      self.drafting.record(textLength: sequence.completionTokens)
      if let index = self.slots.indices.first(where: { self.slots[$0] === sequence }) {
        self.slots.release(index)
      }
    }
    return (goesOn, .now - begin)
  }

  /// The guesses of a draft model that were in a batch, and those of them that were right.
  var guessCounts: (drafted: Int, accepted: Int) { self.drafting.guessCounts }

  private func end() {
    for index in self.slots.indices {
      self.slots[index]?.request.buffer.finish(throwing: .shutDown)
      self.slots.release(index)
    }
    for sequence in self.parked { sequence.request.buffer.finish(throwing: .shutDown) }
  }
}
