internal import NIOCore

/// How often something may come within a time.
struct Allowance {
  private let count: Int
  private let time: TimeAmount
  private var end: NIODeadline?
  private var used = 0

  init(_ count: Int, per time: TimeAmount) {
    (self.count, self.time) = (count, time)
  }

  /// It has come.
  ///
  /// - Returns: whether it may.
  mutating func take(at now: NIODeadline) -> Bool {
    if self.end.map({ $0 <= now }) ?? true {
      (self.end, self.used) = (now + self.time, 0)
    }
    self.used += 1
    return self.used <= self.count
  }
}
