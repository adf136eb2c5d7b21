internal import Synchronization

/// Cancels one child task of a group from any thread, which Swift's task groups cannot.
///
/// An unstructured task around the child could be cancelled, but costs as much as the child.
final class TaskCanceller: Sendable {
  private let isCancelled = Atomic(false)
  /// The task, while it runs `cancellable`.
  private let task = Mutex<Running?>(nil)

  private struct Running: @unchecked Sendable {
    // Other threads only call `cancel`, which is safe while the task exists: the lock is held for
    // each use, and for its removal before the task ends.
    let task: UnsafeCurrentTask
  }

  /// Runs `body` in this task, which `cancel` cancels, also if it was called before.
  func cancellable(_ body: () async -> Void) async {
    withUnsafeCurrentTask { task in
      let running = task.map { Running(task: $0) }
      self.task.withLock { $0 = running }
      // `cancel` was called before the task was stored.
      if self.isCancelled.load(ordering: .sequentiallyConsistent) { task?.cancel() }
    }
    await body()
    self.task.withLock { $0 = nil }
  }

  /// Cancels the task; only the first time counts.
  func cancel() {
    // This also keeps a cancellation handler that calls `cancel` from a deadlock.
    guard !self.isCancelled.exchange(true, ordering: .sequentiallyConsistent) else { return }
    self.task.withLock { $0?.task.cancel() }
  }
}
