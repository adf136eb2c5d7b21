/// A random generator that depends only on its seed: SplitMix64 (Steele, Lea and Flood, "Fast
/// Splittable Pseudorandom Number Generators", OOPSLA 2014).
struct RandomSource {
  private var state: UInt64

  init(seed: UInt32) {
    self.state = UInt64(seed)
  }

  /// A number from 0 up to, but not including, 1.
  mutating func nextUnit() -> Double {
    self.state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = self.state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Double(mixed >> 11) * 0x1p-53
  }

  /// A random index with probabilities proportional to weights; 0 when no weight is above 0.
  mutating func index(in weights: [Float]) -> Int {
    let sum = weights.reduce(into: 0) { $0 += Double($1) }
    var rest = self.nextUnit() * sum
    for (index, weight) in weights.enumerated() {
      rest -= Double(weight)
      if rest < 0 { return index }
    }
    // Because of rounding, a rest can be left, which goes to the last index with a weight.
    return weights.lastIndex { $0 > 0 } ?? 0
  }
}
