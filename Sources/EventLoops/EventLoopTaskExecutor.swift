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
    /// How many have run since the clock was looked at.
    var ran = 0
    /// When the loop has looked for events.
    var lastPoll = NIODeadline.now()
  }

  /// After so long the event loop is to look for events. It would not while tasks wake each other: a call
  /// writes, a flush makes room, and the call writes again, for as long as its client reads as fast. To
  /// look costs some microseconds.
  private static let pollInterval = TimeAmount.milliseconds(1)
  /// How many jobs run before the clock is looked at.
  private static let jobsPerLook = 32

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

  /// Runs the waiting jobs; those that they enqueue run in the loop's next turn.
  private func runJobs() {
    let jobs = self.state.withLock { state in
      if state.ran >= Self.jobsPerLook {
        state.ran = 0
        if .now() - state.lastPoll >= Self.pollInterval { return nil as [UnownedJob]? }
      }
      defer { state.jobs = [] }
      state.isScheduled = false
      state.ran += state.jobs.count
      return state.jobs
    }
    guard let jobs else { return self.waitForPoll() }
    for job in jobs {
      job.runSynchronously(on: self.asUnownedTaskExecutor())
    }
  }

  private func waitForPoll() {
    let goOn = {
      self.state.withLock { $0.lastPoll = .now() }
      self.runJobs()
    }
    guard let poll = EventPoll.of(self.eventLoop) else { return goOn() }
    poll.wait(goOn)
  }
}
