internal import Foundation
internal import Synchronization

/// Runs the jobs of an actor on a thread of its own, first come, first served: calls of C that
/// compute for long, or wait for the disk, then keep no thread from the rest of the program.
public final class ThreadExecutor: SerialExecutor {
  private let jobs = JobQueue()

  /// Starts the thread, which ends with the executor.
  ///
  /// - Parameters:
  ///   - name: at most 15 bytes; Linux leaves a thread without a longer one.
  ///   - stackSize: in bytes.
  public init(name: String, stackSize: Int = 1 << 20) {
    let jobs = self.jobs
    let executor = self.asUnownedSerialExecutor()
    let isStarted = DispatchSemaphore(value: 0)
    let thread = Thread {
      // Before `start` has returned, a thread cannot be given a name, though it may run.
      isStarted.wait()
      Thread.current.name = name
      while let batch = jobs.next() {
        // The jobs belong to an actor, which keeps its executor: it is there.
        for job in batch { job.runSynchronously(on: executor) }
      }
    }
    thread.stackSize = stackSize
    thread.start()
    isStarted.signal()
  }

  deinit {
    self.jobs.close()
  }

  /// Adds a job after those that already wait.
  public func enqueue(_ job: consuming ExecutorJob) {
    self.jobs.append(UnownedJob(job))
  }
}

/// Jobs on their way to a thread.
private final class JobQueue: Sendable {
  private struct State {
    var jobs: [UnownedJob] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let available = DispatchSemaphore(value: 0)

  func append(_ job: UnownedJob) {
    let wasEmpty = self.state.withLock { state in
      defer { state.jobs.append(job) }
      return state.jobs.isEmpty
    }
    if wasEmpty { self.available.signal() }
  }

  func close() {
    self.state.withLock { $0.isClosed = true }
    self.available.signal()
  }

  /// Waits for jobs and takes all; nil when the queue is closed.
  func next() -> [UnownedJob]? {
    while true {
      self.available.wait()
      let (jobs, isClosed) = self.state.withLock { state in
        defer { state.jobs = [] }
        return (state.jobs, state.isClosed)
      }
      if !jobs.isEmpty { return jobs }
      if isClosed { return nil }
    }
  }
}
