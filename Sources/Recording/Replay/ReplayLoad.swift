public import Identifiers

/// Replays a recording many times at once, to create load.
public struct ReplayLoad: Sendable {
  private let replay: Replay
  private let copies: Int
  private let loops: Int

  /// The result of all replays.
  public struct Outcome: Sendable {
    /// The number of complete replays.
    public var replays = 0
    /// The number of replays that differed from the recording.
    public var differing = 0
    /// The differences of the first replay that differed.
    public var differences: [Difference] = []
    /// The latencies of the calls, by method.
    public var latencies: [Identifier: Latencies] = [:]
    /// How long all replays took together.
    public var duration = Duration.zero
  }

  /// The times of the calls of a method.
  public struct Latencies: Sendable {
    /// The times to the first response of each call.
    public var first = LatencyHistogram()
    /// The times to the end of each call.
    public var whole = LatencyHistogram()
  }

  /// - Parameters:
  ///   - copies: how many replays run at once.
  ///   - loops: how often each is repeated.
  public init(_ replay: Replay, copies: Int, loops: Int) {
    self.replay = replay
    self.copies = copies
    self.loops = loops
  }

  /// Runs all copies. After cancellation, the outcome has the results until then.
  public func run() async -> Outcome {
    let tally = Tally()
    let start = ContinuousClock.now
    await withDiscardingTaskGroup { group in
      for _ in 0 ..< self.copies {
        group.addTask {
          for _ in 0 ..< self.loops where !Task.isCancelled {
            let outcome = await self.replay.run()
            await tally.add(outcome, isWhole: !Task.isCancelled)
          }
        }
      }
    }
    var outcome = await tally.outcome
    outcome.duration = .now - start
    return outcome
  }

  private actor Tally {
    private(set) var outcome = Outcome()

    func add(_ replay: Replay.Outcome, isWhole: Bool) {
      self.outcome.add(replay, isWhole: isWhole)
    }
  }
}

extension ReplayLoad.Outcome {
  fileprivate mutating func add(_ replay: Replay.Outcome, isWhole: Bool) {
    if isWhole { self.replays += 1 }
    if !replay.differences.isEmpty {
      self.differing += 1
      if self.differences.isEmpty { self.differences = replay.differences }
    }
    for timing in replay.timings {
      self.latencies[timing.method, default: .init()].first.record(timing.first)
      self.latencies[timing.method, default: .init()].whole.record(timing.whole)
    }
  }
}
