package import NIOCore
internal import Synchronization

/// Runs tasks on an event loop, many per wake-up.
///
/// A connection's calls run on its event loop, so that a handler's write and the flush need no
/// other thread.
package final class EventLoopTaskExecutor: TaskExecutor {
  private let eventLoop: any EventLoop
  private let state = Mutex(State())

  private struct State {
    var jobs: [UnownedJob] = []
    /// Whether `runJobs` will be called.
    var isScheduled = false
    /// Nil before the first job has run.
    var poll: NIOLoopBound<EventPoll>?
  }

  /// Creates an executor on an event loop.
  package init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// Runs a job in the event loop's next turn.
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isFirst = self.state.withLock { state in
      state.jobs.append(job)
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if isFirst {
      self.eventLoop.execute { self.runJobs() }
    }
  }

  /// Runs the waiting jobs; those that they enqueue run in the loop's next turn. Now and then they wait
  /// until the loop has looked for events. It would not while tasks wake each other: a call writes, a
  /// flush makes room, and the call writes again, for as long as its client reads as fast.
  private func runJobs() {
    let (poll, jobs) = self.state.withLock { state -> (EventPoll, [UnownedJob]?) in
      let bound = state.poll ?? EventPoll.of(self.eventLoop)
      state.poll = bound
      let poll = bound.value
      if poll.isDue() { return (poll, nil) }
      defer { state.jobs = [] }
      state.isScheduled = false
      poll.count(state.jobs.count)
      return (poll, state.jobs)
    }
    guard let jobs else { return poll.wait { self.runJobs() } }
    for job in jobs {
      job.runSynchronously(on: self.asUnownedTaskExecutor())
    }
  }
}
