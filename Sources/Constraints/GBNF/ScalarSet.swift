/// Unicode scalars, as ranges in order that neither overlap nor touch.
struct ScalarSet: Hashable {
  typealias Range = ClosedRange<UInt32>

  private(set) var ranges: [Range]

  /// All of them but the surrogates, which are no characters.
  static let all = ScalarSet([0 ... 0xD7FF, 0xE000 ... 0x10FFFF])

  init(_ ranges: [Range] = []) {
    self.ranges = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = self.ranges.last, range.lowerBound <= last.upperBound + 1 {
        self.ranges[self.ranges.count - 1] =
          last.lowerBound ... max(last.upperBound, range.upperBound)
      } else {
        self.ranges.append(range)
      }
    }
  }

  init(_ scalar: Unicode.Scalar) {
    self.ranges = [scalar.value ... scalar.value]
  }

  var isEmpty: Bool { self.ranges.isEmpty }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    self.ranges.contains { $0.contains(scalar.value) }
  }

  func union(_ other: ScalarSet) -> ScalarSet {
    ScalarSet(self.ranges + other.ranges)
  }

  func intersection(_ other: ScalarSet) -> ScalarSet {
    ScalarSet(self.ranges.flatMap { range in other.ranges.compactMap { range.intersection($0) } })
  }

  func subtracting(_ other: ScalarSet) -> ScalarSet {
    ScalarSet(
      other.ranges.reduce(self.ranges) { rest, removed in
        rest.flatMap { $0.subtracting(removed) }
      }
    )
  }

  var inverted: ScalarSet { ScalarSet.all.subtracting(self) }
}

extension ClosedRange<UInt32> {
  fileprivate func intersection(_ other: Self) -> Self? {
    self.overlaps(other) ? self.clamped(to: other) : nil
  }

  fileprivate func subtracting(_ other: Self) -> [Self] {
    guard self.overlaps(other) else { return [self] }
    var rest: [Self] = []
    if self.lowerBound < other.lowerBound { rest.append(self.lowerBound ... other.lowerBound - 1) }
    if other.upperBound < self.upperBound { rest.append(other.upperBound + 1 ... self.upperBound) }
    return rest
  }
}
