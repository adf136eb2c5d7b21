internal import Concurrency

/// Tells those who follow the log that something was committed. A store has one, and announces what
/// it commits, or hears that another process has committed.
public final class CommitNews: Sendable {
  private struct State {
    var count = 0
    var isClosed = false
  }

  private let state = Monitor(State())

  /// News of a log without commits.
  public init() {}

  /// The number of commits so far; nil when there will be no more.
  public var count: Int? {
    self.state.withLock { $0.isClosed ? nil : $0.count }
  }

  /// How many wait.
  var waiterCount: Int {
    self.state.sleeperCount
  }

  /// Counts a commit, which can be read from now on, and wakes those who wait for one.
  public func announce() {
    self.state.update { $0.count += 1 }
  }

  /// Says that there will be no more commits, and wakes those who wait for one.
  public func close() {
    self.state.update { $0.isClosed = true }
  }

  /// Returns when there were more commits than `count`, there will be none, or the task is
  /// cancelled.
  public func wait(past count: Int, isolation: isolated (any Actor)? = #isolation) async {
    await self.state.waitUnlessCancelled(isolation: isolation) { $0.count > count || $0.isClosed }
  }
}
