internal import Foundation
internal import Synchronization

/// Runs an actor's jobs in order on a thread of its own, so that C calls that compute for long or
/// wait for the disk do not block Swift's threads.
public final class ThreadExecutor: SerialExecutor {
  private let jobs = JobQueue()

  /// Starts the thread, which ends when the executor is deallocated.
  ///
  /// - Parameters:
  ///   - name: at most 15 bytes; Linux ignores longer names.
  ///   - stackSize: in bytes.
  public init(name: String, stackSize: Int = 1 << 20) {
    let jobs = self.jobs
    let executor = self.asUnownedSerialExecutor()
    let isStarted = DispatchSemaphore(value: 0)
    let thread = Thread {
      // A thread cannot be named before `start` has returned, although it may already run.
      isStarted.wait()
      Thread.current.name = name
      while let batch = jobs.next() {
        // Sound: the jobs belong to an actor, which retains its executor.
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

/// Jobs that wait for the thread.
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

  /// Waits for jobs and takes all of them; nil when the queue is closed.
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
