internal import Generation

/// A smaller model of the same vocabulary, which guesses what follows the texts in the slots.
///
/// It belongs to the decode thread, and has a KV cache of its own with the same slots. It reads a
/// slot's text only when it is asked for it.
final class DraftModel {
  /// A text in a slot, as far as it is written, with tokens that may follow.
  struct Text {
    var slot: Int
    var tokens: [Int32]
    var requester: Requester
    /// What writes it: its own memory is used, whoever may use that of others.
    var writer: AnyObject
  }

  /// The token that is likeliest to follow.
  struct Guess {
    var token: Int32
    /// By how much its logit is greater than the next one's.
    var margin: Float
  }

  /// What it remembers of the text in a slot.
  private struct Memory {
    /// The place of the first token in the text.
    var begin = 0
    var tokens: [Int32] = []
    var requester = Requester.anyone
    weak var writer: AnyObject?

    /// The place after the last token.
    var end: Int { self.begin + self.tokens.count }
  }

  /// The time of a step that guesses.
  private(set) var cost = StepCost()
  /// The time for each token of a text that is read; nil before any was measured.
  private(set) var readingTime: Duration?

  private let context: LlamaContext
  private let batch: Batch
  private let sharing: LlamaConfiguration.PrefixSharing
  /// The most tokens of a text that it remembers.
  private let contextLength: Int
  /// How many tokens both models have.
  private let vocabularySize: Int
  private var memories: [Memory]

  /// The most tokens that it reads at once.
  private static let part = 512
  /// The most of them whose followers are guessed, too: libllama keeps the logits of each.
  private static let judgedPart = 64
  /// How many tokens of a text may be read together with the last one, before a guess.
  static let mostUnread = 16

  /// - Parameters:
  ///   - model: the draft model.
  ///   - target: the model whose tokens are guessed, of the same vocabulary.
  /// - Throws: when there is not enough memory.
  init(
    _ model: LlamaModel,
    for target: LlamaModel,
    _ configuration: LlamaConfiguration
  ) throws(LlamaLoadError) {
    var own = configuration
    own.contextLength = Self.contextLength(of: model, configuration)
    let unread = Self.mostUnread + DraftWorth.longestDraft + 1
    let capacity = max(Self.part, configuration.parallel * unread)
    self.context = try LlamaContext(model, own, batchCapacity: capacity)
    self.batch = Batch(capacity: capacity)
    self.sharing = configuration.prefixSharing
    self.contextLength = own.contextLength
    self.vocabularySize = min(model.vocabularySize, target.vocabularySize)
    self.memories = Array(repeating: Memory(), count: configuration.parallel)
  }

  /// The length of its texts, in tokens. Of a longer text, it reads the end.
  static func contextLength(of model: LlamaModel, _ configuration: LlamaConfiguration) -> Int {
    min(configuration.contextLength + DraftWorth.longestDraft, model.trainedContextLength)
  }

  /// Measures its times, while its slots are empty.
  func measure(threads: Int) throws(LlamaContext.DecodeFailure) {
    self.cost = try StepCost(measuring: self.context, self.batch, threads: threads)
    let part = min(64, self.contextLength)
    self.readingTime =
      try self.context.leastTime(ofTokens: part, self.batch, threads: threads) / part
  }

  // MARK: Reading

  /// How many tokens of a text, without the last one, it has not read; nil: it cannot read some.
  func unreadCount(of text: Text) -> Int? {
    let memory = self.usableMemory(of: text, room: DraftWorth.longestDraft)
    let unread = text.tokens[memory.end...]
    return self.canRead(unread) ? unread.count - 1 : nil
  }

  /// Whether it has all of some tokens: the vocabularies may end differently.
  func canRead(_ tokens: some Sequence<Int32>) -> Bool {
    tokens.allSatisfy { $0 < self.vocabularySize }
  }

  /// Reads some of a text, up to its last token.
  ///
  /// - Parameters:
  ///   - limit: the most tokens.
  ///   - place: from here on, it guesses each token before it reads it.
  /// - Returns: how good these guesses were.
  func read(
    _ text: Text,
    atMost limit: Int,
    guessingFrom place: Int,
    threads: Int
  ) throws(LlamaContext.DecodeFailure) -> [GuessOdds.Judged] {
    let begin = self.remember(text, room: DraftWorth.longestDraft)
    var end = min(text.tokens.count - 1, begin + min(limit, Self.part))
    end = min(end, max(begin, place - 1) + Self.judgedPart)
    guard begin < end else { return [] }
    let start = ContinuousClock.now
    self.batch.clear()
    self.add(text, begin ..< end) { $0 + 1 >= place }
    try self.context.decode(self.batch, threads: threads)
    var judged: [GuessOdds.Judged] = []
    for index in max(begin, place - 1) ..< max(end, place - 1) {
      let guess = self.guess(at: index - begin)
      let isRight = guess.token == text.tokens[index + 1]
      judged.append(GuessOdds.Judged(margin: guess.margin, isRight: isRight))
    }
    self.readingTime.average((.now - start) / (end - begin))
    return judged
  }

  /// Guesses what follows each text.
  ///
  /// - Precondition: of each, no more than `mostUnread` tokens and a draft are unread.
  func guess(
    _ texts: [Text],
    threads: Int
  ) throws(LlamaContext.DecodeFailure) -> [Guess] {
    let start = ContinuousClock.now
    self.batch.clear()
    var ends: [Int] = []
    for text in texts {
      let begin = self.remember(text, room: 0)
      let last = text.tokens.count - 1
      self.add(text, begin ..< last + 1) { $0 == last }
      ends.append(self.batch.count - 1)
    }
    try self.context.decode(self.batch, threads: threads)
    let guesses = ends.map { self.guess(at: $0) }
    self.cost.record(tokens: self.batch.count, time: .now - start)
    return guesses
  }

  /// A text goes on in another slot.
  func move(from slot: Int, to other: Int) {
    guard !self.memories[slot].tokens.isEmpty,
      let state = self.context.save(slot: slot), self.context.restore(state, slot: other)
    else {
      self.forget(slot: other)
      return
    }
    self.memories[other] = self.memories[slot]
  }

  private func forget(slot: Int) {
    _ = self.context.truncate(slot: slot, to: 0)
    self.memories[slot] = Memory()
  }

  private func add(_ text: Text, _ places: Range<Int>, wantsLogits: (_ place: Int) -> Bool) {
    for place in places {
      self.batch.add(
        text.tokens[place],
        at: place - self.memories[text.slot].begin,
        slot: text.slot,
        wantsLogits: wantsLogits(place)
      )
    }
    self.memories[text.slot].tokens += text.tokens[places]
  }

  private func guess(at index: Int) -> Guess {
    let logits = UnsafeMutableBufferPointer(
      rebasing: self.context.logits(at: index)[..<self.vocabularySize]
    )
    let likeliest = LikeliestTokens.sorted(2, of: logits)
    return Guess(token: likeliest[0].token, margin: likeliest[0].logit - likeliest[1].logit)
  }

  // MARK: Memory

  /// Keeps what its slot has of a text, and forgets the rest.
  ///
  /// - Parameter room: for how many further tokens.
  /// - Returns: the place of the first token to read.
  private func remember(_ text: Text, room: Int) -> Int {
    var memory = self.usableMemory(of: text, room: room)
    if self.memories[text.slot].tokens.count > memory.tokens.count {
      let count = self.context.truncate(slot: text.slot, to: memory.tokens.count)
      memory.tokens.removeLast(memory.tokens.count - count)
    }
    self.memories[text.slot] = memory
    return memory.end
  }

  /// What its slot has of a text, other than the last token, which must be read for a guess.
  private func usableMemory(of text: Text, room: Int) -> Memory {
    var memory = self.memories[text.slot]
    let count = text.tokens.count
    if memory.begin < count, count + room - memory.begin <= self.contextLength,
      memory.writer === text.writer
        || self.sharing.allows(text.requester, toUseTextsOf: memory.requester)
    {
      let rest = text.tokens[memory.begin ..< count - 1]
      let known = zip(memory.tokens, rest).prefix { $0 == $1 }.count
      memory.tokens.removeLast(memory.tokens.count - known)
    } else {
      memory.tokens = []
    }
    if memory.tokens.isEmpty {
      // Later, a half is read again, not a little with every token.
      let isLong = count + room > self.contextLength
      memory = Memory(begin: isLong ? count - self.contextLength / 2 : 0)
    }
    memory.requester = text.requester
    memory.writer = text.writer
    return memory
  }
}
