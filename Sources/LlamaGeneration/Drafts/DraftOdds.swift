/// How likely a token is the expected one, by what tells it.
///
/// Every token counts that another one was expected for, or the same, also where it was not drafted.
/// So trying costs nothing, and a text whose tokens cannot be told is never slowed down.
struct DraftOdds {
  /// What tells the next token.
  enum Source {
    /// The tokens before it, by the length of their match.
    case repetition(Int)
    /// The text's constraint, which allows nothing else; at its end, only the first bytes are known,
    /// and the token may have more.
    case constraint(isAtEnd: Bool)
  }

  /// Repetitions of at least 0, 2, 4 and 8 tokens; then constraints. The first values are low enough
  /// that a short match is not relied on before it has proved right in this text.
  private var classes = [0.1, 0.4, 0.7, 0.85, 0.9, 0.6]

  /// Surprises are always possible.
  static let most = 0.97
  /// How far an observation moves the odds.
  private static let weight = 0.125

  /// The probability that the next token is the expected one, from 0 to 1.
  subscript(source: Source) -> Double {
    min(Self.most, self.classes[Self.index(source)])
  }

  /// Takes the next token into account.
  mutating func record(_ source: Source, isRight: Bool) {
    let index = Self.index(source)
    self.classes[index] += Self.weight * ((isRight ? 1 : 0) - self.classes[index])
  }

  private static func index(_ source: Source) -> Int {
    switch source {
    case .repetition(..<2): 0
    case .repetition(..<4): 1
    case .repetition(..<8): 2
    case .repetition: 3
    case .constraint(isAtEnd: false): 4
    case .constraint(isAtEnd: true): 5
    }
  }
}
