internal import Synchronization

/// Cancels one child task of a group, from any thread, which Swift's groups cannot.
///
/// Another task around the child, whose cancellation would do, costs as much as the child.
final class TaskCanceller: Sendable {
  private let isCancelled = Atomic(false)
  /// The task, for as long as it runs `cancellable`.
  private let task = Mutex<Running?>(nil)

  private struct Running: @unchecked Sendable {
    // Its only use from other threads is `cancel`, which is safe on any while the task is there: it
    // is taken out under the lock, before the task ends, and is only used under the lock.
    let task: UnsafeCurrentTask
  }

  /// Runs `body` in this task, which is cancelled by `cancel`, before or meanwhile.
  func cancellable(_ body: () async -> Void) async {
    withUnsafeCurrentTask { task in
      let running = task.map { Running(task: $0) }
      self.task.withLock { $0 = running }
      // Whoever came before the task was there left it to be cancelled here.
      if self.isCancelled.load(ordering: .sequentiallyConsistent) { task?.cancel() }
    }
    await body()
    self.task.withLock { $0 = nil }
  }

  /// Cancels the task; only the first time counts.
  func cancel() {
    // Also keeps what runs at a cancellation, and cancels once more, from waiting for itself.
    guard !self.isCancelled.exchange(true, ordering: .sequentiallyConsistent) else { return }
    self.task.withLock { $0?.task.cancel() }
  }
}
