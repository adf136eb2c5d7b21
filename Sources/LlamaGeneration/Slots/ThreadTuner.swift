/// How many threads compute, by measured speed.
///
/// The threads of a step wait for each other many times, so one that another program keeps from its
/// core holds up all of them: two servers on two cores, with two threads each, are together several
/// times slower than with one thread each. No setting knows who else is on the machine; so a few
/// steps are tried with fewer threads, or with more, and what was faster stays.
///
/// Knows no clock: it is told the time.
struct ThreadTuner {
  /// What the next step should use.
  private(set) var count: Int
  private let maximum: Int

  private enum State {
    case settled
    /// Compares steps at another count with the median of those at `base`.
    case trying(base: Int, baseTime: Duration, times: [Duration])
  }

  private var state = State.settled
  /// The last steps at this count, each of a batch with `batchSize` tokens.
  private var recent: [Duration] = []
  private var batchSize = 0
  /// What a step took when the count was chosen, for one of so many tokens.
  private var chosen: (batchSize: Int, time: Duration)?
  /// Which of the candidates is tried next.
  private var turn = 0
  private var nextTrial: ContinuousClock.Instant?
  private var interval = Self.minimumInterval

  /// Between trials while they change something; each that does not doubles it.
  private static let minimumInterval = Duration.milliseconds(500)
  /// A trial is a few steps: so seldom, those that come out slower are lost among the others.
  private static let maximumInterval = Duration.seconds(16)
  private static let stepsBeforeTrial = 5
  private static let stepsOfTrial = 3
  /// A change must be worth it, or noise would decide.
  private static let worthwhile = 0.93
  /// A step so much slower than when the count was chosen has a new neighbour: no waiting then. In a
  /// trial it is enough to give up: a reader waits for the next.
  private static let suspicious = 1.25

  /// - Parameter maximum: how many threads may compute, at least 1.
  init(maximum: Int) {
    self.maximum = maximum
    self.count = maximum
  }

  /// Takes note of a step that computed the next tokens of texts, and no prompts: only those are
  /// alike enough to be compared.
  ///
  /// - Parameters:
  ///   - batchSize: how many texts it had.
  ///   - time: what it took with `count` threads.
  mutating func record(batchSize: Int, time: Duration, at now: ContinuousClock.Instant) {
    guard self.maximum > 1 else { return }
    if batchSize != self.batchSize {
      if case .trying(let base, _, _) = self.state { self.count = base }
      self.state = .settled
      self.recent = []
      self.batchSize = batchSize
      return
    }
    switch self.state {
    case .settled: self.recordSettled(time, at: now)
    case .trying(let base, let baseTime, var times):
      times.append(time)
      self.state = .trying(base: base, baseTime: baseTime, times: times)
      self.judge(times, against: baseTime, at: base, now)
    }
  }

  private mutating func recordSettled(_ time: Duration, at now: ContinuousClock.Instant) {
    self.recent.append(time)
    guard self.recent.count >= Self.stepsBeforeTrial else { return }
    let median = self.recent.median
    self.recent.removeFirst()
    let isSuspicious =
      self.chosen.map {
        $0.batchSize == self.batchSize && median > $0.time * Self.suspicious
      } ?? false
    if isSuspicious {
      self.interval = Self.minimumInterval
      self.turn = 0
    } else if let nextTrial, now < nextTrial {
      return
    }
    let base = self.count
    self.count = self.nextCandidate()
    self.recent = []
    self.state = .trying(base: base, baseTime: median, times: [])
  }

  /// Half as many, a quarter fewer, a quarter more, twice as many: in turn.
  private mutating func nextCandidate() -> Int {
    let quarter = max(1, self.count / 4)
    let candidates = [
      max(1, self.count / 2), max(1, self.count - quarter),
      min(self.maximum, self.count + quarter), min(self.maximum, self.count * 2),
    ].filter { $0 != self.count }
    defer { self.turn += 1 }
    return candidates[self.turn % candidates.count]
  }

  private mutating func judge(
    _ times: [Duration],
    against baseTime: Duration,
    at base: Int,
    _ now: ContinuousClock.Instant
  ) {
    let isHopeless = times.count == 1 && times[0] > baseTime * Self.suspicious
    guard isHopeless || times.count == Self.stepsOfTrial else { return }
    if times.median < baseTime * Self.worthwhile {
      self.chosen = (self.batchSize, times.median)
      self.interval = Self.minimumInterval
    } else {
      self.chosen = (self.batchSize, baseTime)
      self.count = base
      self.interval = min(self.interval * 2, Self.maximumInterval)
    }
    self.nextTrial = now + self.interval
    self.state = .settled
  }
}

extension [Duration] {
  /// Of at least one.
  fileprivate var median: Duration { self.sorted()[self.count / 2] }
}
