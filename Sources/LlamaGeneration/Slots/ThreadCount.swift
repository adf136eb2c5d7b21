/// How many threads compute: as many as there are cores for, beside other programs.
///
/// The threads of a step wait for each other many times, so one that another program keeps from its
/// core holds up all of them: two servers on two cores, with two threads each, are together several
/// times slower than with one thread each. There is room for what this process had and what nobody
/// had; what others use is theirs. (Measured: trying out which count is faster takes many slow steps,
/// and is wrong when a neighbour comes or goes meanwhile.)
struct ThreadCount {
  private(set) var value: Int
  private let maximum: Int
  private var last: ProcessorTimes?

  /// What the system has counted in a shorter time says little: it counts in steps of 10 ms.
  static let interval = Duration.milliseconds(250)
  /// Less of a difference to the room changes nothing, or a room of 1.5 would change it all the time.
  private static let margin = 0.6

  /// - Parameter maximum: how many threads may compute, at least 1.
  init(maximum: Int) {
    self.maximum = maximum
    self.value = maximum
  }

  /// Whether it is time for `update`.
  func isDue(at now: ContinuousClock.Instant) -> Bool {
    guard self.maximum > 1 else { return false }
    return self.last.map { now - $0.instant >= Self.interval } ?? true
  }

  /// Takes note of what the system has counted. The time since the last call may be one in which
  /// nothing was computed.
  mutating func update(_ times: ProcessorTimes) {
    defer { self.last = times }
    guard let last, times.instant > last.instant else { return }
    let room = min(times.share(since: last), times.quota ?? .infinity)
    if abs(room - Double(self.value)) < Self.margin { return }
    self.value = Int(min(max(room, 1), Double(self.maximum)).rounded())
  }
}
