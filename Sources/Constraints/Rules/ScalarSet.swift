/// A set of Unicode scalars: sorted ranges that neither overlap nor touch.
struct ScalarSet: Hashable {
  typealias Range = ClosedRange<UInt32>

  private(set) var ranges: [Range]

  /// All scalars, that is, without surrogates.
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
    self.overlaps(scalar.value ... scalar.value)
  }

  /// Whether some scalar of a range is in the set.
  func overlaps(_ range: Range) -> Bool {
    guard let found = self.firstRange(endingAtOrAfter: range.lowerBound) else { return false }
    return found.lowerBound <= range.upperBound
  }

  /// Whether all scalars of a range are in the set.
  func covers(_ range: Range) -> Bool {
    guard let found = self.firstRange(endingAtOrAfter: range.lowerBound) else { return false }
    return found.lowerBound <= range.lowerBound && range.upperBound <= found.upperBound
  }

  private func firstRange(endingAtOrAfter scalar: UInt32) -> Range? {
    var (low, high) = (0, self.ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if self.ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
    }
    return low < self.ranges.count ? self.ranges[low] : nil
  }

  func union(_ other: ScalarSet) -> ScalarSet {
    ScalarSet(self.ranges + other.ranges)
  }

  func intersection(_ other: ScalarSet) -> ScalarSet {
    var common: [Range] = []
    var (index, otherIndex) = (0, 0)
    while index < self.ranges.count, otherIndex < other.ranges.count {
      let (range, otherRange) = (self.ranges[index], other.ranges[otherIndex])
      if range.overlaps(otherRange) { common.append(range.clamped(to: otherRange)) }
      if range.upperBound < otherRange.upperBound { index += 1 } else { otherIndex += 1 }
    }
    return ScalarSet(common)
  }

  func subtracting(_ other: ScalarSet) -> ScalarSet {
    self.intersection(other.inverted)
  }

  /// All scalars that are not in the set.
  var inverted: ScalarSet {
    var gaps: [Range] = []
    var next: UInt32 = 0
    for range in self.ranges {
      if next < range.lowerBound { gaps.append(next ... range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { gaps.append(next ... 0x10FFFF) }
    return ScalarSet(
      gaps.flatMap { gap in
        ScalarSet.characters.compactMap { $0.overlaps(gap) ? $0.clamped(to: gap) : nil }
      }
    )
  }

  private static let characters: [Range] = [0 ... 0xD7FF, 0xE000 ... 0x10FFFF]
}
