internal import Generation

/// The slots: the places of generations in the KV cache and in the batch.
///
/// A slot keeps its text after the end, for prompts that begin like it. Busy slots are kept
/// adjacent, which libllama computes fastest.
final class Slots {
  enum Slot {
    case idle(SeenText)
    case running(LlamaSequence)
  }

  private let context: LlamaContext
  private let sharing: LlamaConfiguration.PrefixSharing
  private var cache: PrefixCache
  private var slots: [Slot]
  private(set) var runningCount = 0
  /// Called when a generation goes on in another slot.
  var didMove: (_ from: Int, _ to: Int) -> Void = { _, _ in }

  /// Copying a text takes as long as computing a few tokens, so fewer are not copied.
  private static let minimumCopy = 16

  init(_ context: LlamaContext, _ configuration: LlamaConfiguration) {
    self.context = context
    self.sharing = configuration.prefixSharing
    self.cache = PrefixCache(
      capacity: configuration.prefixSharing == .off ? 0 : configuration.prefixCacheSize
    )
    self.slots = Array(repeating: .idle(.nothing), count: configuration.parallel)
  }

  var indices: Range<Int> { self.slots.indices }
  var count: Int { self.slots.count }
  var hasRoom: Bool { self.runningCount < self.slots.count }

  /// The generation in a slot.
  subscript(index: Int) -> LlamaSequence? {
    if case .running(let sequence) = self.slots[index] { sequence } else { nil }
  }

  // MARK: Taking a slot

  /// Gives a generation a slot, with as much of its beginning as is cached.
  ///
  /// - Returns: how many of its tokens need not be computed; at least the last one always must.
  /// - Precondition: a slot is free.
  func place(_ sequence: LlamaSequence) -> Int {
    let target = self.slot(for: sequence)
    let known = self.fill(target, for: sequence)
    self.slots[target] = .running(sequence)
    self.runningCount += 1
    return known
  }

  /// How many tokens of a request's prompt are cached now.
  func knownLength(of request: LlamaRequest) -> Int {
    if request.computesPrompt { return 0 }
    let (prompt, requester) = (request.prompt, request.requester)
    let saved = self.cache.longestMatch(with: prompt, atLeast: 1) { self.mayUse($0, requester) }
    return self.slots.reduce(saved?.length ?? 0) {
      max($0, self.match($1, prompt, requester, atMost: prompt.count - 1))
    }
  }

  /// Whether a request should wait: a prompt that is being computed will share more with it than is
  /// cached now, or is to be reported first.
  func willKnowMore(of request: LlamaRequest) -> Bool {
    if request.waitsForReport { return true }
    if request.computesPrompt { return false }
    let prompt = request.prompt
    var soon = 0
    for case .running(let sequence) in self.slots
    where sequence.isPrefilling && self.mayUse(sequence.request.requester, request.requester) {
      soon = max(soon, sequence.tokens.sharedPrefix(with: prompt, atMost: prompt.count - 1))
    }
    return soon >= Self.minimumCopy
      && soon >= self.knownLength(of: request) + Self.minimumCopy
  }

  private func mayUse(_ owner: Requester, _ requester: Requester) -> Bool {
    self.sharing.allows(requester, toUseTextsOf: owner)
  }

  /// The length of the prefix of `tokens` in a slot, at most `limit`.
  private func match(
    _ slot: Slot,
    _ tokens: [Int32],
    _ requester: Requester,
    atMost limit: Int
  ) -> Int {
    switch slot {
    case .idle(let text) where self.mayUse(text.requester, requester):
      text.tokens.sharedPrefix(with: tokens, atMost: limit)
    case .running(let sequence) where self.mayUse(sequence.request.requester, requester):
      sequence.tokens.sharedPrefix(with: tokens, atMost: min(sequence.position, limit))
    default: 0
    }
  }

  /// The length of the prefix of a generation in a slot that it may use.
  private func match(_ slot: Slot, with sequence: LlamaSequence) -> Int {
    self.match(
      slot,
      sequence.tokens,
      sequence.request.requester,
      atMost: sequence.reusableCount
    )
  }

  /// The best idle slot that keeps busy slots adjacent: one with the text's beginning, else the one
  /// whose own text is the least loss.
  private func slot(for sequence: LlamaSequence) -> Int {
    var best: (index: Int, match: Int, loss: Int)?
    for index in self.candidates {
      guard case .idle(let text) = self.slots[index] else { continue }
      let match = self.match(self.slots[index], with: sequence)
      let loss = text.tokens.count - match
      if let known = best, (known.match, -known.loss) >= (match, -loss) { continue }
      best = (index, match, loss)
    }
    guard let best else { preconditionFailure("there was room") }
    return best.index
  }

  private var candidates: Range<Int> {
    guard let (first, last) = self.span else { return self.slots.indices }
    // A gap between busy slots, if there is one.
    if last - first + 1 > self.runningCount { return first ..< last }
    return max(0, first - 1) ..< min(self.slots.count, last + 2)
  }

  /// The first and the last busy slot.
  private var span: (first: Int, last: Int)? {
    let isRunning = { (index: Int) in self[index] != nil }
    guard
      let first = self.slots.indices.first(where: isRunning),
      let last = self.slots.indices.last(where: isRunning)
    else { return nil }
    return (first, last)
  }

  /// Copies the beginning of a text into an idle slot, and saves what it displaces in the cache.
  private func fill(_ target: Int, for sequence: LlamaSequence) -> Int {
    if sequence.isDeterministic {
      // What was computed in a batch with others may differ in the last bits.
      self.keep(target, beyond: 0)
      return self.context.truncate(slot: target, to: 0)
    }
    let here = self.match(self.slots[target], with: sequence)
    let state = self.state(of: sequence, betterThan: here + Self.minimumCopy)
    self.keep(target, beyond: state == nil ? here : 0)
    if let (state, length) = state, self.context.restore(state, slot: target) {
      return self.context.truncate(slot: target, to: length)
    }
    return self.context.truncate(slot: target, to: state == nil ? here : 0)
  }

  /// Searches the other slots and the cache for a text's beginning of at least `minimum` tokens.
  private func state(
    of sequence: LlamaSequence,
    betterThan minimum: Int
  ) -> (state: [UInt8], length: Int)? {
    let requester = sequence.request.requester
    let saved = self.cache.longestMatch(
      with: sequence.tokens,
      atLeast: minimum,
      atMost: sequence.reusableCount
    ) {
      self.mayUse($0, requester)
    }
    var best = (index: 0, length: max(minimum, (saved?.length ?? 0) + 1) - 1)
    for (index, slot) in self.slots.enumerated() {
      let length = self.match(slot, with: sequence)
      if length > best.length { best = (index, length) }
    }
    if let saved, saved.length >= best.length { return (self.cache.use(saved), saved.length) }
    guard best.length >= minimum, let state = self.context.save(slot: best.index) else {
      return nil
    }
    // Cached, because the next text with this beginning then costs half as much.
    self.cache.insert(self.text(in: best.index), state)
    return (state, best.length)
  }

  private func text(in index: Int) -> SeenText {
    switch self.slots[index] {
    case .idle(let text): text
    case .running(let sequence): sequence.seenText
    }
  }

  /// Saves the text of an idle slot, unless it is hardly longer than `length`.
  private func keep(_ index: Int, beyond length: Int) {
    let text = self.text(in: index)
    guard
      text.tokens.count - length >= Self.minimumCopy,
      self.cache.capacity >= self.context.savedSize(ofSlot: index),
      !self.cache.contains(text),
      let state = self.context.save(slot: index)
    else { return }
    self.cache.insert(text, state)
  }

  // MARK: Leaving a slot

  /// Removes a generation from its slot, which keeps the decoded text.
  func release(_ index: Int) {
    guard case .running(let sequence) = self.slots[index] else { return }
    self.slots[index] = .idle(sequence.seenText)
    self.runningCount -= 1
  }

  /// Removes a generation from its slot, and clears it, because it is unknown how much was decoded.
  func forget(_ index: Int) {
    self.release(index)
    _ = self.context.truncate(slot: index, to: 0)
    self.slots[index] = .idle(.nothing)
  }

  /// Moves generations from the end into gaps between busy slots.
  func closeGaps() {
    while let (first, last) = self.span, last - first + 1 > self.runningCount {
      guard
        let gap = (first ..< last).first(where: { self[$0] == nil }),
        case .running = self.slots[last],
        let state = self.context.save(slot: last)
      else { return }
      self.keep(gap, beyond: 0)
      guard self.context.restore(state, slot: gap) else {
        self.slots[gap] = .idle(.nothing)
        return
      }
      self.slots[gap] = self.slots[last]
      self.didMove(last, gap)
      _ = self.context.truncate(slot: last, to: 0)
      self.slots[last] = .idle(.nothing)
    }
  }
}

extension LlamaConfiguration.PrefixSharing {
  /// Whether a requester's prompts may spare what another's texts begin with.
  func allows(_ requester: Requester, toUseTextsOf owner: Requester) -> Bool {
    switch self {
    case .all: true
    case .user: owner == requester
    case .off: false
    }
  }
}
