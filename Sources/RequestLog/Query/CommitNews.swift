internal import Concurrency

/// Wakes queries that follow the log when something is committed. A store has one, and announces
/// its own commits, or those of another process.
public final class CommitNews: Sendable {
  private struct State {
    var count = 0
    var isClosed = false
  }

  private let state = Monitor(State())

  /// Creates news without commits.
  public init() {}

  /// The number of commits so far; nil when there will be no more.
  public var count: Int? {
    self.state.withLock { $0.isClosed ? nil : $0.count }
  }

  /// How many queries wait.
  var waiterCount: Int {
    self.state.sleeperCount
  }

  /// Counts a commit that can now be read, and wakes the waiting queries.
  public func announce() {
    self.state.update { $0.count += 1 }
  }

  /// Tells that there will be no more commits, and wakes the waiting queries.
  public func close() {
    self.state.update { $0.isClosed = true }
  }

  /// Returns when there are more commits than `count`, there will be no more, or the task is
  /// cancelled.
  public func wait(past count: Int, isolation: isolated (any Actor)? = #isolation) async {
    await self.state.waitUnlessCancelled(isolation: isolation) { $0.count > count || $0.isClosed }
  }
}
