internal import Dispatch
internal import Synchronization

/// The entries that wait for the next commit, in order of arrival. Their number and size are
/// limited: when the queue is full, an entry is refused at once.
package final class AppendQueue: Sendable {
  private struct State {
    var waiting: [PendingAppend] = []
    var bytes = 0
    var isClosed = false
    /// How long the last commit took.
    var commitTime = Duration.zero
    /// The sizes of the last two groups: together, all callers that always have an entry.
    var groupSizes = (0, 0)
    /// How many entries the writer is waiting for, if it is.
    var awaitedCount: Int?
  }

  private let maximumCount: Int
  private let maximumBytes: Int
  private let state = Mutex(State())
  /// Signalled once each time `awaitedCount` is reached.
  private let arrivals = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - maximumCount: the most entries that may wait.
  ///   - maximumBytes: the most bytes that may wait; one entry may, whatever its size.
  package init(maximumCount: Int, maximumBytes: Int) {
    self.maximumCount = maximumCount
    self.maximumBytes = maximumBytes
  }

  /// How many entries wait.
  package var count: Int {
    self.state.withLock { $0.waiting.count }
  }

  /// The size of the waiting entries.
  package var bytes: Int {
    self.state.withLock { $0.bytes }
  }

  /// - Throws: `overloaded` when the queue is full, `unavailable` when it is closed.
  package func admit(_ entry: ValidEntry) throws(LogError) -> PendingAppend {
    try self.state.withLock { (state) throws(LogError) in
      if state.isClosed { throw .closed }
      let isFull =
        state.waiting.count >= self.maximumCount
        || (state.bytes + entry.size > self.maximumBytes && !state.waiting.isEmpty)
      if isFull {
        throw LogError(
          .overloaded,
          "Too many entries wait for the disk; try again later",
          // By then the running commit is over, and most of the waiting entries are in the next.
          retryAfter: max(state.commitTime * 2, .milliseconds(10))
        )
      }
      let pending = PendingAppend(entry)
      state.waiting.append(pending)
      state.bytes += entry.size
      if state.waiting.count == state.awaitedCount {
        state.awaitedCount = nil
        self.arrivals.signal()
      }
      return pending
    }
  }

  /// Blocks the thread until that many entries wait, but no longer than the last commit took, and
  /// at most 10 ms.
  private func waitForEntries(_ count: Int) {
    let timeout = self.state.withLock { state -> Duration? in
      if state.isClosed || state.waiting.count >= count { return nil }
      state.awaitedCount = count
      return min(state.commitTime, .milliseconds(10))
    }
    guard let timeout else { return }
    let deadline = DispatchTime.now() + .nanoseconds(Int(timeout / .nanoseconds(1)))
    guard self.arrivals.wait(timeout: deadline) == .timedOut else { return }
    let isReached = self.state.withLock { state in
      defer { state.awaitedCount = nil }
      return state.awaitedCount == nil
    }
    // The last of them arrived just after the timeout.
    if isReached { self.arrivals.wait() }
  }

  /// Withdraws an entry, unless it is already in a commit.
  package func withdraw(_ pending: PendingAppend) {
    let isWithdrawn = self.state.withLock { state in
      guard let index = state.waiting.firstIndex(where: { $0 === pending }) else { return false }
      state.waiting.remove(at: index)
      state.bytes -= pending.entry.size
      return true
    }
    if isWithdrawn { pending.end(.failure(.cancelled)) }
  }

  /// Takes the entries of the next commit, when it is worth beginning. It may block the thread, which
  /// is the writer's: nobody else calls it.
  ///
  /// Callers that log again as soon as they are answered would form a large group and a tiny one. Two
  /// equal groups cost the disk the same, and one can prepare while the other is written.
  package func nextGroup(maximumCount: Int, maximumBytes: Int) -> [PendingAppend] {
    let (last, current) = self.state.withLock { $0.groupSizes }
    self.waitForEntries((last + current) / 2)
    let group = self.takeGroup(maximumCount: maximumCount, maximumBytes: maximumBytes)
    if !group.isEmpty { self.state.withLock { $0.groupSizes = (current, group.count) } }
    return group
  }

  /// Takes the entries of one commit: the first, and those after it up to the limits.
  package func takeGroup(maximumCount: Int, maximumBytes: Int) -> [PendingAppend] {
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

  /// Remembers how long a commit took.
  package func note(commitTime: Duration) {
    self.state.withLock { $0.commitTime = commitTime }
  }

  /// Accepts no more entries; waiting ones stay.
  package func close() {
    self.state.withLock { $0.isClosed = true }
  }
}
