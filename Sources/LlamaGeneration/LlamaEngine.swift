internal import Generation
internal import Logging
internal import ThreadExecutor

/// The decode thread: the only place that calls `llama_decode`.
///
/// It works in steps. Each admits requests into free slots, fills a batch with the next tokens of
/// the slots whose readers have room, decodes it, and chooses a token for each of them. It never
/// waits for a reader: a slot whose reader is full is left out until it has room again.
actor LlamaEngine {
  // libllama computes on the stack of its caller, too.
  private let executor = ThreadExecutor(name: "tokenwire-llama", stackSize: 8 << 20)
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  private let context: LlamaContext
  private let modelID: String
  private let contextLength: Int
  private let queue: RequestQueue
  private let logger: Logger
  private var slots: [Slot]

  /// A place for one text.
  private enum Slot {
    case free
    case busy(LlamaSequence)
  }

  /// A slot's part of the batch that is decoded.
  private struct Share {
    var slot: Int
    var tokenCount: Int
    /// Where in the batch its last token is, when it is the last pending one: a new token follows.
    var logitsIndex: Int?
  }

  init(
    _ model: LlamaModel,
    _ configuration: LlamaConfiguration,
    queue: RequestQueue,
    logger: Logger
  ) throws(GenerationError) {
    self.context = try LlamaContext(model, configuration)
    self.modelID = configuration.modelID
    self.contextLength = configuration.contextLength
    self.queue = queue
    self.logger = logger
    self.slots = Array(repeating: .free, count: configuration.parallel)
  }

  /// Generates until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      self.admit()
      let shares = self.fillBatch()
      if shares.isEmpty {
        await self.queue.waitForNews()
      } else if self.decode(shares) {
        self.sample(shares)
      }
    }
    self.queue.close()
    for slot in self.slots.indices { self.end(slot, .shutDown) }
  }

  /// Frees the slots whose callers have gone away, and gives free ones to those who wait.
  private func admit() {
    for index in self.slots.indices {
      if case .busy(let sequence) = self.slots[index], sequence.request.buffer.demand == .abandoned
      {
        self.free(index)
      }
      if case .free = self.slots[index], let request = self.queue.next() {
        self.slots[index] = .busy(
          LlamaSequence(
            request,
            modelID: self.modelID,
            contextLength: self.contextLength
          )
        )
      }
    }
  }

  /// Texts that go on come first, so that a long prompt delays them by one batch at most.
  private func fillBatch() -> [Share] {
    self.context.clearBatch()
    var shares: [Share] = []
    for wantsPrefilling in [false, true] {
      for index in self.slots.indices {
        guard
          case .busy(let sequence) = self.slots[index],
          sequence.isPrefilling == wantsPrefilling,
          case .room = sequence.request.buffer.demand,
          self.context.batchRoom > 0
        else { continue }
        shares.append(self.add(sequence, slot: index))
      }
    }
    return shares
  }

  private func add(_ sequence: LlamaSequence, slot: Int) -> Share {
    let count = min(sequence.pending.count, self.context.batchRoom)
    let isLast = count == sequence.pending.count
    var lastIndex = 0
    for (offset, token) in sequence.pending.prefix(count).enumerated() {
      lastIndex = self.context.add(
        token,
        at: sequence.position + offset,
        slot: slot,
        wantsLogits: isLast && offset == count - 1
      )
    }
    return Share(slot: slot, tokenCount: count, logitsIndex: isLast ? lastIndex : nil)
  }

  /// - Returns: whether it succeeded; otherwise the texts in the batch have ended with an error.
  private func decode(_ shares: [Share]) -> Bool {
    do {
      try self.context.decode()
      return true
    } catch {
      self.logger.error("llama_decode failed", metadata: ["code": "\(error.code)"])
      let failure = GenerationError(.internal, "The model failed; the server's log says why")
      for share in shares { self.end(share.slot, failure) }
      return false
    }
  }

  private func sample(_ shares: [Share]) {
    for share in shares {
      guard case .busy(var sequence) = self.slots[share.slot] else { continue }
      sequence.advance(by: share.tokenCount)
      var goesOn = true
      if let index = share.logitsIndex {
        goesOn = sequence.sample(
          self.context.logits(at: index),
          model: self.context.model
        )
      }
      self.slots[share.slot] = .busy(sequence)
      if !goesOn { self.free(share.slot) }
    }
  }

  private func end(_ slot: Int, _ error: GenerationError) {
    guard case .busy(let sequence) = self.slots[slot] else { return }
    sequence.request.buffer.finish(throwing: error)
    self.free(slot)
  }

  private func free(_ slot: Int) {
    self.slots[slot] = .free
    self.context.clear(slot: slot)
  }
}
