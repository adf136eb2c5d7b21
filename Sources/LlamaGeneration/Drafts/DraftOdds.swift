/// How likely the next token is the expected one, by the length of the match that tells it.
///
/// Every token of the text counts, also where it was expected and not drafted. So trying costs
/// nothing, and a text without repetition is never slowed down.
struct DraftOdds {
  /// Lengths of at least 0, 2, 4 and 8. The first values are low enough that a short match is not
  /// relied on before it has proved right in this text.
  private var classes = [0.1, 0.4, 0.7, 0.85]

  /// Surprises are always possible.
  static let most = 0.97
  /// How far an observation moves the odds.
  private static let weight = 0.125

  /// The probability that the next token is the expected one, from 0 to 1.
  subscript(matchLength: Int) -> Double {
    min(Self.most, self.classes[Self.index(matchLength)])
  }

  /// Takes the next token into account.
  mutating func record(matchLength: Int, isRight: Bool) {
    let index = Self.index(matchLength)
    self.classes[index] += Self.weight * ((isRight ? 1 : 0) - self.classes[index])
  }

  private static func index(_ matchLength: Int) -> Int {
    switch matchLength {
    case ..<2: 0
    case ..<4: 1
    case ..<8: 2
    default: 3
    }
  }
}
