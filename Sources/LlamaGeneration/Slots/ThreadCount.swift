/// How many threads decode: as many as other programs leave cores for.
///
/// The threads of a step wait for each other many times, so one that loses its core to another
/// program delays all: two servers on two cores with two threads each are several times slower than
/// with one each. The room is the time that this process used plus idle time. (Measured: trying
/// which count is faster takes many slow steps, and is wrong when other load comes or goes
/// meanwhile.)
struct ThreadCount {
  private(set) var value: Int
  private let maximum: Int
  private var last: ProcessorTimes?

  /// Shorter measurements say little: the system counts in steps of 10 ms.
  static let interval = Duration.milliseconds(250)
  /// Smaller differences to the room are ignored, or a room of 1.5 would change the count all the
  /// time.
  private static let margin = 0.6

  /// - Parameter maximum: the most threads, at least 1.
  init(maximum: Int) {
    self.maximum = maximum
    self.value = maximum
  }

  /// Whether it is time for `update`.
  func isDue(at now: ContinuousClock.Instant) -> Bool {
    guard self.maximum > 1 else { return false }
    return self.last.map { now - $0.instant >= Self.interval } ?? true
  }

  /// Updates the count from the system's times. The engine may have been idle since the last call.
  mutating func update(_ times: ProcessorTimes) {
    defer { self.last = times }
    guard let last, times.instant > last.instant else { return }
    let room = min(times.share(since: last), times.quota ?? .infinity)
    if abs(room - Double(self.value)) < Self.margin { return }
    self.value = Int(min(max(room, 1), Double(self.maximum)).rounded())
  }
}
