/// Proposes tokens that may follow a text: those that its constraint forces, those that followed its
/// last tokens before, and those that a draft model guesses.
struct Drafter {
  /// The tokens that may follow the last one, and are in the batch with it.
  private(set) var draft: [Int32] = []
  /// How likely the draft model's guesses are right in this text; nil before any was judged.
  private(set) var guessOdds: GuessOdds?
  /// The guesses that were judged since somebody learned from them.
  private(set) var judged: [GuessOdds.Judged] = []

  private let promptLength: Int
  private var index = DraftIndex()
  private var odds = DraftOdds()
  /// The tokens that were expected when the last draft was made, by their places in the text, other
  /// than repetitions; also one that was not worth drafting.
  private var expected: [(place: Int, token: Int32, source: Source)] = []
  private var growth: Growth?

  private enum Source {
    case constraint(DraftOdds.Source)
    case guess(margin: Float)
  }

  /// A draft that is being made.
  private struct Growth {
    var expectation: DraftIndex.Expectation
    var forced: ForcedTokens?
    var worth: DraftWorth
    let limit: Int
    /// Tokens that are told must be as likely: others are left to the draft model.
    let least: Double
    /// How likely each of the tokens is right if those before it are.
    var odds: [Double] = []
    /// Whether no further guesses are to be had.
    var isAtEnd = false

    var mayGoOn: Bool { !self.isAtEnd && self.odds.count < self.limit }
  }

  /// How far a guess moves the odds of a text.
  private static let guessWeight = 0.125

  /// - Parameter promptLength: how the prompt repeats itself says little about the text after it.
  init(promptLength: Int) {
    self.promptLength = promptLength
  }

  // MARK: Odds

  /// Learns from the new tokens at the end of a text.
  ///
  /// - Parameter tokens: all tokens of the text: those of earlier calls, and more.
  mutating func update(from tokens: [Int32]) {
    let promptLength = self.promptLength
    var odds = self.odds
    self.index.update(from: tokens) { place, matchLength, isRight in
      if place >= promptLength { odds.record(.repetition(matchLength), isRight: isRight) }
    }
    self.odds = odds
    while let first = self.expected.first, first.place < tokens.count {
      let isRight = tokens[first.place] == first.token
      switch first.source {
      case .constraint(let source): self.odds.record(source, isRight: isRight)
      case .guess(let margin):
        self.judged.append(
          GuessOdds.Judged(margin: margin, isRight: isRight, isDrafted: !self.draft.isEmpty)
        )
      }
      self.expected.removeFirst()
    }
  }

  /// How likely the next token is the one that followed the last ones before; 0 if none did.
  func oddsOfRepetition(after tokens: [Int32]) -> Double {
    let expectation = self.index.expectation
    return expectation.token(in: tokens) == nil
      ? 0 : self.odds[.repetition(expectation.matchLength)]
  }

  /// Learns from the guesses that were judged since the last call, and from others.
  ///
  /// - Parameter usual: the odds in other texts, with these guesses.
  mutating func learn(_ others: [GuessOdds.Judged] = [], usual: inout GuessOdds) {
    let judged = self.judged + others
    if judged.isEmpty { return }
    var odds = self.guessOdds ?? GuessOdds(usual, weight: Self.guessWeight)
    for guess in judged {
      odds.record(guess)
      usual.record(guess)
    }
    self.guessOdds = odds
    self.judged = []
  }

  // MARK: Drafts

  /// Begins a draft with what repetitions and the constraint tell. Guesses may follow.
  ///
  /// - Parameters:
  ///   - tokens: those of the text, the same afterwards.
  ///   - forced: what its constraint forces; nil if it has none.
  ///   - plan: the step without this draft.
  ///   - limit: the most drafted tokens.
  ///   - least: how likely a token has to be, or it is left to a guess.
  mutating func beginDraft(
    after tokens: inout [Int32],
    forced: ForcedTokens?,
    _ plan: StepPlan,
    limit: Int,
    least: Double = 0
  ) {
    self.drop()
    // Beside many texts, none may pay, whatever is known.
    if plan.worth(limit: limit, odds: { _ in DraftOdds.most }).best.length == 0 { return }
    self.growth = Growth(
      expectation: self.index.expectation,
      forced: forced,
      worth: DraftWorth(plan),
      limit: min(limit, DraftWorth.longestDraft),
      least: least
    )
    self.growAsTold(after: &tokens)
    tokens.removeLast(self.draft.count)
  }

  /// Whether a guess is expected to raise what the step yields in the time.
  ///
  /// - Parameters:
  ///   - odds: how likely it is right.
  ///   - price: what guessing costs, in tokens.
  func wantsGuess(_ odds: Double, price: Double) -> Bool {
    guard let growth, growth.mayGoOn else { return false }
    return growth.worth.grows(odds, price: 1 + price)
  }

  /// Goes on with a guess, if it may pay and the constraint allows it, and with what is told after it.
  ///
  /// - Parameters:
  ///   - odds: how likely it is right.
  ///   - price: what it has cost, in tokens.
  mutating func grow(
    with guess: DraftModel.Guess,
    after tokens: inout [Int32],
    odds: Double,
    price: Double
  ) {
    tokens += self.draft
    defer { tokens.removeLast(self.draft.count) }
    self.expected.append((tokens.count, guess.token, .guess(margin: guess.margin)))
    self.growth?.worth.spend(price)
    if self.take(guess.token, odds, after: &tokens) {
      self.growAsTold(after: &tokens)
    } else {
      self.growth?.isAtEnd = true
    }
  }

  /// Makes the draft no longer than pays.
  ///
  /// - Parameter plan: the step without this draft.
  /// - Returns: how many of its tokens are expected to be right.
  mutating func endDraft(_ plan: StepPlan) -> Double {
    guard let odds = self.growth?.odds else { return 0 }
    let best = plan.worth(limit: odds.count) { odds[$0] }.best
    self.draft.removeLast(self.draft.count - best.length)
    self.growth = nil
    return best.right
  }

  /// Takes the first drafted token, if it is the one that was chosen.
  ///
  /// - Returns: whether it is.
  mutating func accept(_ token: Int32) -> Bool {
    guard self.draft.first == token else { return false }
    self.draft.removeFirst()
    return true
  }

  /// Gives up the rest of the draft.
  mutating func drop() {
    self.draft = []
    self.expected = []
    self.growth = nil
  }

  /// - Parameter tokens: those of the text and of the draft.
  private mutating func growAsTold(after tokens: inout [Int32]) {
    while let (token, odds) = self.nextAsTold(after: tokens) {
      guard self.take(token, odds, after: &tokens) else { return }
    }
  }

  /// The next token that a repetition or the constraint tells.
  private mutating func nextAsTold(after tokens: [Int32]) -> (token: Int32, odds: Double)? {
    guard let growth, growth.mayGoOn else { return nil }
    let repeated = growth.expectation.token(in: tokens)
    var odds = self.odds[.repetition(growth.expectation.matchLength)]
    var token = repeated
    if let next = self.growth?.forced?.next(expecting: repeated) {
      let source = DraftOdds.Source.constraint(isAtEnd: next.isAtEnd)
      self.expected.append((tokens.count, next.token, .constraint(source)))
      odds = next.token == repeated ? max(odds, self.odds[source]) : self.odds[source]
      token = next.token
    }
    guard let token, odds >= growth.least else { return nil }
    return (token, odds)
  }

  /// Adds a token to the draft.
  ///
  /// - Returns: whether it may pay, and the constraint allows it.
  private mutating func take(_ token: Int32, _ odds: Double, after tokens: inout [Int32]) -> Bool {
    guard var growth, growth.worth.grows(odds) else { return false }
    // One that is refused leaves nothing behind.
    var forced = growth.forced
    guard forced?.append(token) != false else { return false }
    tokens.append(token)
    self.draft.append(token)
    growth.forced = forced
    growth.odds.append(odds)
    growth.worth.add(odds)
    self.index.advance(&growth.expectation, pastLastOf: tokens)
    self.growth = growth
    return true
  }
}
