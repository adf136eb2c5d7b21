internal import Dispatch
public import Testing

/// Tests that compute for seconds without a pause, on a thread of their own.
///
/// All tests share the threads of Swift's tasks, one for each core: two such tests at once would keep
/// clients and servers of other tests from answering in time.
public struct OwnThread: SuiteTrait, TestTrait, TestScoping {
  /// Runs the test on a thread of its own.
  public func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(QueueExecutor(), operation: function)
  }
}

extension Trait where Self == OwnThread {
  /// For a suite, one thread for all its tests.
  public static var ownThread: OwnThread { OwnThread() }
}

private final class QueueExecutor: TaskExecutor {
  // A serial queue has a thread beyond those of the tasks while it has anything to do.
  private let queue = DispatchQueue(label: "tests")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    self.queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
