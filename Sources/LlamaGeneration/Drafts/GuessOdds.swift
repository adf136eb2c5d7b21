/// How likely the tokens that a draft model guesses are the ones that are chosen.
struct GuessOdds {
  /// What was guessed for a place of a text, and whether it is what was chosen.
  struct Judged {
    /// As in `DraftModel.Guess`.
    var margin: Float
    var isRight: Bool
    /// Whether it was drafted, and so accepted if it is right.
    var isDrafted = false
  }

  /// Whether enough guesses were judged to rely on them.
  var areKnown: Bool { self.count >= Self.leastCount }

  /// The probability that a guess is right, whatever its margin, from 0 to 1; 0 before they are known.
  var mean: Double {
    self.areKnown ? min(DraftOdds.most, self.average) : 0
  }

  private var average = 0.0
  private var count = 0
  /// By margins of at least 0, 0.5, 1.5 and 3.
  private var classes = [0.3, 0.5, 0.75, 0.93]
  /// How far a judged guess moves the average.
  private let weight: Double

  private static let leastCount = 16

  init(weight: Double) {
    self.weight = weight
  }

  /// The same odds, which further guesses move by another weight.
  init(_ other: GuessOdds, weight: Double) {
    self = GuessOdds(weight: weight)
    (self.average, self.count, self.classes) = (other.average, other.count, other.classes)
  }

  /// The probability that a guess with such a margin is right.
  subscript(margin: Float) -> Double {
    min(DraftOdds.most, self.classes[Self.index(margin)])
  }

  mutating func record(_ guess: Judged) {
    self.count += 1
    let outcome = guess.isRight ? 1.0 : 0
    // The first ones count alike.
    self.average += max(self.weight, 1 / Double(self.count)) * (outcome - self.average)
    let index = Self.index(guess.margin)
    self.classes[index] += self.weight * (outcome - self.classes[index])
  }

  private static func index(_ margin: Float) -> Int {
    switch margin {
    case ..<0.5: 0
    case ..<1.5: 1
    case ..<3: 2
    default: 3
    }
  }
}
