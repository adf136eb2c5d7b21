/// Counts times in buckets whose width grows with the time, like HdrHistogram: percentiles are
/// exact to 1 %, from microseconds to hours, in a few kilobytes.
public struct LatencyHistogram: Hashable, Sendable {
  /// Buckets in each doubling of the time.
  private static let precision = 7
  private var counts: [Int] = []
  /// The number of times recorded.
  public private(set) var count = 0
  /// The longest time recorded.
  public private(set) var maximum = Duration.zero

  /// Creates a histogram without times.
  public init() {}

  /// Adds a time; a negative one counts as zero.
  public mutating func record(_ time: Duration) {
    let microseconds = UInt64(max(0, time / .microseconds(1)))
    let index = Self.index(of: microseconds)
    if index >= self.counts.count {
      self.counts += Array(repeating: 0, count: index + 1 - self.counts.count)
    }
    self.counts[index] += 1
    self.count += 1
    self.maximum = max(self.maximum, time)
  }

  /// The percentile of the times, with `percent` from 0 to 100; zero without times.
  public func percentile(_ percent: Double) -> Duration {
    let rank = max(1, Int((percent / 100 * Double(self.count)).rounded(.up)))
    var seen = 0
    for (index, count) in self.counts.enumerated() {
      seen += count
      if seen >= rank { return min(self.maximum, .microseconds(Self.upperBound(of: index))) }
    }
    return self.maximum
  }

  /// Numbers up to twice the precision have their own buckets.
  private static func index(of value: UInt64) -> Int {
    let shift = max(0, UInt64.bitWidth - value.leadingZeroBitCount - self.precision - 1)
    return (shift << self.precision) + Int(value >> UInt64(shift))
  }

  private static func upperBound(of index: Int) -> Int {
    let shift = max(0, (index >> self.precision) - 1)
    return ((index - (shift << self.precision) + 1) << shift) - 1
  }
}
