/// What a step is expected to yield and to cost.
struct StepPlan {
  var cost: StepCost
  /// How many tokens of texts it is expected to yield.
  var yield: Double
  /// How many tokens it computes, or could compute in the time that its drafts have taken.
  var tokens: Double

  /// A step of so many texts, without drafts.
  init(_ cost: StepCost, texts: Int) {
    self.cost = cost
    self.yield = Double(texts)
    self.tokens = Double(texts)
  }

  /// How many tokens of texts it yields in the time of one token.
  var rate: Double { self.yield / (self.cost.overhead + self.tokens) }

  /// The draft that makes the step yield the most tokens in the time.
  ///
  /// - Parameters:
  ///   - limit: the most drafted tokens.
  ///   - price: what a drafted token costs, in tokens.
  ///   - odds: the probability that a drafted token is right if those before it are; asked in order,
  ///     as long as the token may pay.
  func worth(
    limit: Int,
    price: Double = 1,
    odds: (Int) -> Double
  ) -> DraftWorth {
    var worth = DraftWorth(self)
    while worth.length < min(limit, DraftWorth.longestDraft) {
      let odds = odds(worth.length)
      guard worth.grows(odds, price: price) else { break }
      worth.add(odds, price: price)
    }
    return worth
  }
}

/// What a draft is worth as it grows.
struct DraftWorth {
  /// What is expected of a step.
  struct Yield {
    /// The length of the draft; 0: none pays.
    var length: Int
    /// How many of its tokens are expected to be right.
    var right: Double
    /// The tokens of texts that the step yields in the time of one token.
    var rate: Double
  }

  /// How many tokens the draft has.
  private(set) var length = 0
  /// The step without a draft.
  private let none: Yield
  /// The step with the best length.
  private(set) var best: Yield
  private let yield: Double
  private var cost: Double
  private var probability = 1.0
  private var right = 0.0

  /// What a draft costs more than its tokens, in tokens: its row in the batch is uneven.
  private static let surcharge = 1.0
  /// More drafted tokens hardly save anything.
  static let longestDraft = 15

  /// - Parameter plan: the step without this draft.
  init(_ plan: StepPlan) {
    self.yield = plan.yield
    self.cost = plan.cost.overhead + plan.tokens
    self.none = Yield(length: 0, right: 0, rate: self.yield / self.cost)
    self.best = self.none
    self.cost += Self.surcharge
  }

  /// The time that the best length saves for each token of a text, in tokens.
  var saving: Double { 1 / self.none.rate - 1 / self.best.rate }

  private var rate: Double { (self.yield + self.right) / self.cost }

  /// Whether the next token raises the rate. If it does not, those after it, which are no likelier, do
  /// not either.
  func grows(_ odds: Double, price: Double = 1) -> Bool {
    self.probability * odds > self.rate * price
  }

  mutating func add(_ odds: Double, price: Double = 1) {
    self.length += 1
    self.probability *= odds
    self.right += self.probability
    self.cost += price
    if self.rate > self.best.rate {
      self.best = Yield(length: self.length, right: self.right, rate: self.rate)
    }
  }

  /// Takes into account what finding the next token costs, in tokens.
  mutating func spend(_ price: Double) {
    self.cost += price
  }
}
