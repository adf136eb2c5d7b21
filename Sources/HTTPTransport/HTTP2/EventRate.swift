internal import NIOCore

/// Tells when something happens too often.
struct EventRate {
  private let limit: Int
  private let interval: TimeAmount
  private var begin: NIODeadline?
  private var count = 0

  /// - Parameters:
  ///   - limit: how many events there may be in an interval.
  ///   - interval: begins with the first event after the one before.
  init(limit: Int, interval: TimeAmount) {
    self.limit = limit
    self.interval = interval
  }

  /// An event happened.
  ///
  /// - Returns: whether there are now too many.
  mutating func exceeds(at now: NIODeadline) -> Bool {
    if let begin, now - begin < self.interval {
      self.count += 1
    } else {
      (self.begin, self.count) = (now, 1)
    }
    return self.count > self.limit
  }
}
