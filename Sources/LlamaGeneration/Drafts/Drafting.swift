internal import Generation
internal import Logging

/// Makes the drafts of the steps: of what repetitions and constraints tell, and of what a draft model
/// guesses, as far as they pay.
///
/// A draft model is used for a text when, by what was measured, it makes the text faster by more than
/// reading the text costs. Where it does not, or nobody knows, it is tried for a small share of the
/// time: it reads a text that is written already, and its guesses are compared.
final class Drafting {
  /// When a draft model is used.
  enum Use {
    case whereItPays
    /// As if the models were far apart: for tests, whose models are not.
    case always
  }

  /// The guesses that were in a batch, and those of them that were right.
  private(set) var guessCounts = (drafted: 0, accepted: 0)

  private var model: DraftModel?
  private let use: Use
  /// The tokens that end a text.
  private let endTokens: [Int32]
  private let configuration: LlamaConfiguration
  private let logger: Logger
  /// How likely guesses are right in the texts of late.
  private var odds = GuessOdds(weight: 1.0 / 64)
  /// How long texts are of late, in tokens.
  private var textLength = 64.0
  /// The time that the draft model may still be tried.
  private var trialTime = Duration.seconds(1)

  /// The share of the time for trials.
  private static let trialShare = 0.01
  private static let mostTrialTime = Duration.seconds(2)
  /// The fewest tokens of a text that are read in a step beside others.
  private static let leastPart = 16

  /// - Parameter model: nil: repetitions and constraints are all there is.
  init(
    _ model: DraftModel?,
    _ use: Use,
    endTokens: [Int32],
    _ configuration: LlamaConfiguration,
    logger: Logger
  ) {
    self.model = model
    self.use = use
    self.endTokens = endTokens
    self.configuration = configuration
    self.logger = logger
  }

  /// Measures the times of the draft model, while all slots are empty.
  ///
  /// - Parameters:
  ///   - context: that of the larger model.
  ///   - batch: its batch.
  /// - Returns: the times of the larger model; nil without a draft model.
  func measure(_ context: LlamaContext, _ batch: Batch) -> StepCost? {
    let threads = self.configuration.threads
    return self.withModel(nil) { model throws(LlamaContext.DecodeFailure) in
      try model.measure(threads: threads)
      return try StepCost(measuring: context, batch, threads: threads)
    }
  }

  /// A text that may have a draft.
  private struct Candidate {
    var slot: Int
    var sequence: LlamaSequence

    /// The text and its draft.
    var text: DraftModel.Text {
      DraftModel.Text(
        slot: self.slot,
        tokens: self.sequence.tokens + self.sequence.drafter.draft,
        requester: self.sequence.request.requester,
        writer: self.sequence
      )
    }
  }

  /// Drafts what may follow the next tokens of the generations in a batch, as far as it pays.
  ///
  /// - Parameters:
  ///   - slots: those with generations of which one token is in the batch.
  ///   - cost: what steps cost.
  ///   - room: the most drafted tokens of all together.
  ///   - threads: how many compute.
  /// - Returns: how many tokens were drafted.
  func makeDrafts(
    _ slots: [(index: Int, sequence: LlamaSequence)],
    _ cost: StepCost,
    room: Int,
    threads: Int
  ) -> Int {
    var plan = StepPlan(self.use == .always ? StepCost(overhead: 64) : cost, texts: slots.count)
    let candidates = slots.map { Candidate(slot: $0.index, sequence: $0.sequence) }
    let guessed = self.withModel([]) { model throws(LlamaContext.DecodeFailure) in
      try self.worthGuessing(candidates, model, plan, threads: threads)
    }
    var total = 0
    for candidate in candidates where !guessed.contains(where: { $0.slot == candidate.slot }) {
      candidate.sequence.beginDraft(plan, room: room - total)
      total += self.endDraft(of: candidate, &plan)
    }
    if guessed.isEmpty { return total }
    let part = (room - total) / guessed.count
    let price = self.price(ofGuesses: guessed.count, plan.cost) ?? 0
    for candidate in guessed {
      // What is told costs nothing to know, and may be as good.
      let least = self.odds(in: candidate) - price * plan.rate
      candidate.sequence.beginDraft(plan, room: part, least: least)
    }
    plan.tokens += self.withModel(0) { model throws(LlamaContext.DecodeFailure) in
      try self.grow(guessed, model, plan.cost, threads: threads)
    }
    for candidate in guessed { total += self.endDraft(of: candidate, &plan) }
    return total
  }

  private func endDraft(of candidate: Candidate, _ plan: inout StepPlan) -> Int {
    plan.yield += candidate.sequence.drafter.endDraft(plan)
    let count = candidate.sequence.drafter.draft.count
    plan.tokens += Double(count)
    return count
  }

  /// Without a draft model that works, the result is `other`.
  private func withModel<Result>(
    _ other: Result,
    _ body: (DraftModel) throws(LlamaContext.DecodeFailure) -> Result
  ) -> Result {
    guard let model else { return other }
    do throws(LlamaContext.DecodeFailure) {
      return try body(model)
    } catch {
      self.logger.error(
        "llama_decode failed, and the draft model is not used any more",
        metadata: ["code": "\(error.code)"]
      )
      self.model = nil
      return other
    }
  }

  // MARK: Guesses

  /// The texts for which guesses are expected to pay. Some are read for that.
  private func worthGuessing(
    _ candidates: [Candidate],
    _ model: DraftModel,
    _ plan: StepPlan,
    threads: Int
  ) throws(LlamaContext.DecodeFailure) -> [Candidate] {
    guard let price = self.price(ofGuesses: candidates.count, plan.cost) else { return [] }
    let part = self.readingPart(beside: candidates.count - 1, model)
    var result: [Candidate] = []
    for candidate in candidates {
      let worth = { (odds: Double) in
        plan.worth(limit: candidate.sequence.draftLimit, price: 1 + price) { _ in odds }
      }
      let odds = self.odds(in: candidate)
      let usual = worth(odds)
      if usual.best.length == 0 {
        // The price may be wrong, but beside other texts nobody tries what costs too much.
        if candidates.count == 1 || worth(DraftOdds.most).best.length > 0 {
          try self.tryModel(model, candidate, part: part, threads: threads)
        }
        continue
      }
      guard let unread = model.unreadCount(of: candidate.text) else { continue }
      if unread > DraftModel.mostUnread {
        guard
          self.readingPays(candidate, model, usual, unread: unread, plan.cost),
          candidate.sequence.oddsOfRepetition < odds - price * plan.rate
        else { continue }
        let isRead = try self.read(candidate, model, atMost: part, threads: threads)
        if !isRead { continue }
      }
      result.append(candidate)
    }
    return result
  }

  /// How many tokens of a text are read in a step.
  private func readingPart(beside others: Int, _ model: DraftModel) -> Int {
    guard others > 0, let time = model.readingTime, time > .zero else { return .max }
    return max(Self.leastPart, Int(self.configuration.interTokenLimit / time))
  }

  /// Whether the rest of a text is expected to become faster by more than reading it costs.
  private func readingPays(
    _ candidate: Candidate,
    _ model: DraftModel,
    _ worth: DraftWorth,
    unread: Int,
    _ cost: StepCost
  ) -> Bool {
    guard self.use == .whereItPays, let time = model.readingTime, let tokenTime = cost.tokenTime
    else { return true }
    // What has become long may become longer.
    let length = Double(candidate.sequence.completionTokens)
    let rest = max(length, self.textLength - length)
    let saving = worth.saving * min(rest, Double(candidate.sequence.draftLimit))
    return saving * tokenTime >= Double(unread) * (time / .milliseconds(1))
  }

  /// Finds out how good guesses are in a text that is written, if there is time.
  private func tryModel(
    _ model: DraftModel,
    _ candidate: Candidate,
    part: Int,
    threads: Int
  ) throws(LlamaContext.DecodeFailure) {
    guard candidate.sequence.completionTokens >= DraftModel.mostUnread,
      let time = model.readingTime, time * DraftModel.mostUnread <= self.trialTime,
      let unread = model.unreadCount(of: candidate.text), unread >= DraftModel.mostUnread,
      time * unread <= self.trialTime
    else { return }
    let begin = ContinuousClock.now
    if try self.read(candidate, model, atMost: part, threads: threads) {
      // For its price.
      _ = try model.guess([candidate.text], threads: threads)
    }
    self.trialTime -= ContinuousClock.now - begin
    // Then, others have to wait; the first time is for as many short texts as it takes.
    if self.odds.areKnown { self.trialTime = min(self.trialTime, .zero) }
  }

  /// - Returns: whether so much is read that what follows can be guessed.
  private func read(
    _ candidate: Candidate,
    _ model: DraftModel,
    atMost limit: Int,
    threads: Int
  ) throws(LlamaContext.DecodeFailure) -> Bool {
    let text = candidate.text
    let judged = try model.read(
      text,
      atMost: limit,
      guessingFrom: candidate.sequence.request.prompt.count,
      threads: threads
    )
    candidate.sequence.drafter.learn(judged, usual: &self.odds)
    return model.unreadCount(of: text).map { $0 <= DraftModel.mostUnread } == true
  }

  /// Goes on with drafts as long as that is expected to pay.
  ///
  /// - Returns: what that has cost, in tokens.
  private func grow(
    _ candidates: [Candidate],
    _ model: DraftModel,
    _ cost: StepCost,
    threads: Int
  ) throws(LlamaContext.DecodeFailure) -> Double {
    var growing = candidates
    var spent = 0.0
    while true {
      let price = self.price(ofGuesses: growing.count, cost) ?? 0
      growing.removeAll {
        let drafter = $0.sequence.drafter
        return !drafter.wantsGuess(self.odds(in: $0), price: price) || !model.canRead(drafter.draft)
      }
      if growing.isEmpty { return spent }
      let guesses = try model.guess(growing.map(\.text), threads: threads)
      spent += price * Double(growing.count)
      for (candidate, guess) in zip(growing, guesses) {
        candidate.sequence.growDraft(
          with: guess,
          odds: self.odds(of: guess, in: candidate),
          price: price
        )
      }
    }
  }

  /// What a guess costs, in tokens of a step, when so many are made at once; nil: not known yet.
  private func price(ofGuesses count: Int, _ cost: StepCost) -> Double? {
    if self.use == .always { return 0 }
    guard let model, model.cost.tokenTime != nil, let tokenTime = cost.tokenTime, count > 0
    else { return nil }
    return model.cost.expected(Double(count)) / tokenTime / Double(count)
  }

  /// How likely the next guess is right.
  private func odds(in candidate: Candidate) -> Double {
    if self.use == .always { return DraftOdds.most }
    return (candidate.sequence.drafter.guessOdds ?? self.odds).mean
  }

  /// How likely a guess is right; that a text ends is never drafted.
  private func odds(of guess: DraftModel.Guess, in candidate: Candidate) -> Double {
    if self.endTokens.contains(guess.token) { return 0 }
    if self.use == .always { return DraftOdds.most }
    return (candidate.sequence.drafter.guessOdds ?? self.odds)[guess.margin]
  }

  // MARK: What happens

  /// Learns from the tokens of a text that a step has chosen.
  func learn(from sequence: LlamaSequence) {
    for guess in sequence.drafter.judged where guess.isDrafted {
      self.guessCounts.drafted += 1
      if guess.isRight { self.guessCounts.accepted += 1 }
    }
    sequence.drafter.learn(usual: &self.odds)
  }

  /// Records the time of a step.
  func record(stepTime: Duration) {
    self.trialTime = min(self.trialTime + stepTime * Self.trialShare, Self.mostTrialTime)
  }

  /// Records the length of a text that has ended, in tokens.
  func record(textLength: Int) {
    self.textLength += 0.1 * (Double(textLength) - self.textLength)
  }

  /// A generation goes on in another slot.
  func move(from slot: Int, to other: Int) {
    self.model?.move(from: slot, to: other)
  }
}
