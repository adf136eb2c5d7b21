internal import Synchronization

/// Tells those who follow the log that something was committed. A store has one, and announces what
/// it commits, or hears that another process has committed.
public final class CommitNews: Sendable {
  private struct State {
    var count = 0
    var isClosed = false
    var nextID = 0
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// News of a log without commits.
  public init() {}

  /// The number of commits so far; nil when there will be no more.
  public var count: Int? {
    self.state.withLock { $0.isClosed ? nil : $0.count }
  }

  /// How many wait.
  var waiterCount: Int {
    self.state.withLock { $0.waiting.count }
  }

  /// Counts a commit, which can be read from now on, and wakes those who wait for one.
  public func announce() {
    self.wakeAll { $0.count += 1 }
  }

  /// Says that there will be no more commits, and wakes those who wait for one.
  public func close() {
    self.wakeAll { $0.isClosed = true }
  }

  /// Returns when there were more commits than `count`, there will be none, or the task is
  /// cancelled.
  public func wait(past count: Int, isolation: isolated (any Actor)? = #isolation) async {
    let id = self.state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation(isolation: isolation) { continuation in
        let isReady = self.state.withLock { state in
          // A task that is cancelled from here on finds its continuation.
          if state.count > count || state.isClosed || Task.isCancelled { return true }
          state.waiting[id] = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      self.state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
    }
  }

  private func wakeAll(_ change: (inout State) -> Void) {
    let waiting = self.state.withLock { state in
      change(&state)
      defer { state.waiting = [:] }
      return state.waiting
    }
    for continuation in waiting.values { continuation.resume() }
  }
}
