package import NIOCore
internal import Synchronization

/// Runs tasks on an event loop, many per wake-up.
///
/// A connection's calls run on its event loop, so that a handler's write and the flush need no
/// other thread.
package final class EventLoopTaskExecutor: TaskExecutor {
  private let eventLoop: any EventLoop
  private let jobs = Mutex<[UnownedJob]>([])

  /// Creates an executor on an event loop.
  package init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// Runs a job in the event loop's next turn.
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isFirst = self.jobs.withLock { jobs in
      jobs.append(job)
      return jobs.count == 1
    }
    if isFirst {
      self.eventLoop.execute { self.runJobs() }
    }
  }

  /// Runs the waiting jobs; those that they enqueue run in the loop's next turn, so that tasks
  /// which wake each other cannot starve the sockets.
  private func runJobs() {
    let jobs = self.jobs.withLock { jobs in
      defer { jobs = [] }
      return jobs
    }
    for job in jobs {
      job.runSynchronously(on: self.asUnownedTaskExecutor())
    }
  }
}
