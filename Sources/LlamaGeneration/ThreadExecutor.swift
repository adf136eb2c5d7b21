internal import Foundation
internal import Synchronization

/// Runs the jobs of an actor on a thread of its own: long computations in C then keep no thread
/// from the rest of the program.
final class ThreadExecutor: SerialExecutor {
  private let jobs = JobQueue()

  /// Starts the thread, which ends with the executor.
  init(name: String) {
    let jobs = self.jobs
    let executor = self.asUnownedSerialExecutor()
    let thread = Thread {
      while let job = jobs.next() {
        // The job belongs to an actor, which keeps its executor: it is there.
        job.runSynchronously(on: executor)
      }
    }
    thread.name = name
    // libllama computes on the stack of its caller, too.
    thread.stackSize = 8 << 20
    thread.start()
  }

  deinit {
    self.jobs.close()
  }

  func enqueue(_ job: consuming ExecutorJob) {
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
    self.state.withLock { $0.jobs.append(job) }
    self.available.signal()
  }

  func close() {
    self.state.withLock { $0.isClosed = true }
    self.available.signal()
  }

  /// Waits for a job; nil when the queue is closed.
  func next() -> UnownedJob? {
    while true {
      self.available.wait()
      let (job, isClosed) = self.state.withLock { state in
        (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isClosed)
      }
      if job != nil || isClosed { return job }
    }
  }
}
