package import NIOCore
internal import Synchronization

/// Runs tasks on an event loop, many of them for one wake-up of it.
///
/// A connection's calls run where its bytes come and go: a handler that writes, and the flush that
/// follows, then need no other thread.
package final class EventLoopTaskExecutor: TaskExecutor {
  private let eventLoop: any EventLoop
  private let jobs = Mutex<[UnownedJob]>([])

  package init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

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

  /// Runs the jobs that are there now; those that they enqueue run in the loop's next turn, so that
  /// tasks which wake each other cannot keep it from its sockets.
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
