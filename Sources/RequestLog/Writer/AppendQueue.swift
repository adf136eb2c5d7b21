internal import Synchronization

/// The entries that wait for the next commit, first come, first served. It is bounded by their
/// number and by their size: who comes when it is full is sent away at once.
final class AppendQueue: Sendable {
  private struct State {
    var waiting: [PendingAppend] = []
    var bytes = 0
    var isClosed = false
    /// How long the last commit took.
    var commitTime = Duration.zero
  }

  private let maximumCount: Int
  private let maximumBytes: Int
  private let state = Mutex(State())

  init(maximumCount: Int, maximumBytes: Int) {
    self.maximumCount = maximumCount
    self.maximumBytes = maximumBytes
  }

  /// How many entries wait.
  var count: Int {
    self.state.withLock { $0.waiting.count }
  }

  /// - Throws: `overloaded` when the queue is full, `unavailable` when it is closed.
  func admit(_ entry: ValidEntry) throws(LogError) -> PendingAppend {
    try self.state.withLock { (state) throws(LogError) in
      if state.isClosed { throw .closed }
      let isFull =
        state.waiting.count >= self.maximumCount
        || (state.bytes + entry.size > self.maximumBytes && !state.waiting.isEmpty)
      if isFull {
        throw LogError(
          .overloaded,
          "Too many entries wait for the disk; try again later",
          // Those who wait are in the next commits; one that has just begun is over by then.
          retryAfter: max(state.commitTime * 2, .milliseconds(10))
        )
      }
      let pending = PendingAppend(entry)
      state.waiting.append(pending)
      state.bytes += entry.size
      return pending
    }
  }

  /// Takes an entry back, unless it is in a commit already.
  func withdraw(_ pending: PendingAppend) {
    let isWithdrawn = self.state.withLock { state in
      guard let index = state.waiting.firstIndex(where: { $0 === pending }) else { return false }
      state.waiting.remove(at: index)
      state.bytes -= pending.entry.size
      return true
    }
    if isWithdrawn { pending.end(.failure(.cancelled)) }
  }

  /// Takes what goes into one commit: the first entry, and those after it up to the bounds.
  func takeGroup(maximumCount: Int, maximumBytes: Int) -> [PendingAppend] {
    self.state.withLock { state in
      var count = 0
      var bytes = 0
      for pending in state.waiting.prefix(maximumCount) {
        let size = pending.entry.size
        if count > 0, bytes + size > maximumBytes { break }
        count += 1
        bytes += size
      }
      let group = Array(state.waiting.prefix(count))
      state.waiting.removeFirst(count)
      state.bytes -= bytes
      return group
    }
  }

  func note(commitTime: Duration) {
    self.state.withLock { $0.commitTime = commitTime }
  }

  /// Takes no more entries; those that wait stay.
  func close() {
    self.state.withLock { $0.isClosed = true }
  }
}
