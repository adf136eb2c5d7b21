/// Proposes tokens that may follow a text: those that its constraint forces, and those that followed
/// its last tokens before.
struct Drafter {
  /// The tokens that may follow the last one, and are in the batch with it.
  private(set) var draft: [Int32] = []

  private let promptLength: Int
  private var index = DraftIndex()
  private var odds = DraftOdds()
  /// The tokens that were expected to be forced when the last draft was made, by their places in the
  /// text; also one that was not worth drafting.
  private var forced: [(place: Int, token: Int32, source: DraftOdds.Source)] = []

  /// - Parameter promptLength: how the prompt repeats itself says little about the text after it.
  init(promptLength: Int) {
    self.promptLength = promptLength
  }

  /// Learns from the new tokens at the end of a text.
  ///
  /// - Parameter tokens: all tokens of the text: those of earlier calls, and more.
  mutating func update(from tokens: [Int32]) {
    let promptLength = self.promptLength
    var odds = self.odds
    self.index.update(from: tokens) { place, matchLength, isRight in
      if place >= promptLength { odds.record(.repetition(matchLength), isRight: isRight) }
    }
    while let first = self.forced.first, first.place < tokens.count {
      odds.record(first.source, isRight: tokens[first.place] == first.token)
      self.forced.removeFirst()
    }
    self.odds = odds
  }

  /// Drafts as many tokens as pay in a step.
  ///
  /// - Parameters:
  ///   - tokens: those of the text, the same afterwards.
  ///   - forced: what its constraint forces; nil if it has none.
  ///   - cost: what the step costs.
  ///   - yield: how many tokens of texts the step is expected to yield without this draft.
  ///   - stepTokens: how many it computes.
  ///   - limit: the most drafted tokens.
  /// - Returns: how many of them are expected to be right.
  mutating func makeDraft(
    after tokens: inout [Int32],
    forced: ForcedTokens?,
    _ cost: StepCost,
    yield: Double,
    stepTokens: Int,
    limit: Int
  ) -> Double {
    self.drop()
    // Beside many texts, none may pay, whatever is known.
    let most = cost.draftLength(yield: yield, tokens: stepTokens, limit: limit) { _ in
      DraftOdds.most
    }
    if most.length == 0 { return 0 }
    let count = tokens.count
    defer { tokens.removeLast(tokens.count - count) }
    var forced = forced
    var expectation = self.index.expectation
    let (length, right) = cost.draftLength(yield: yield, tokens: stepTokens, limit: limit) {
      if $0 > 0 { self.index.advance(&expectation, pastLastOf: tokens) }
      let expected = expectation.token(in: tokens)
      var odds = self.odds[.repetition(expectation.matchLength)]
      var token = expected
      if let next = forced?.next(expecting: expected) {
        let source = DraftOdds.Source.constraint(isAtEnd: next.isAtEnd)
        self.forced.append((tokens.count, next.token, source))
        odds = next.token == expected ? max(odds, self.odds[source]) : self.odds[source]
        token = next.token
      }
      guard let token, forced?.append(token) != false else { return 0 }
      tokens.append(token)
      return odds
    }
    self.draft = Array(tokens[count ..< count + length])
    return right
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
    self.forced = []
  }
}
