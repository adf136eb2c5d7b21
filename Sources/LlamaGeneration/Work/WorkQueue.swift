internal import Foundation
internal import Generation
internal import Synchronization

/// A few threads for what callers make the server compute before a model sees it: cutting texts into
/// tokens, compiling constraints.
///
/// Work is done in slices, and for each slice the requesters take turns: whoever sends megabytes, or
/// many requests, keeps nobody waiting for more than a slice. Work that has only come goes before
/// work that has had a slice already, three times out of four, so that what is small is done soon.
/// The threads are less urgent to the system than the one that decodes.
final class WorkQueue: Sendable {
  private struct State {
    var new = FairLine<Slice>()
    var begun = FairLine<Slice>()
    var turn = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let available = DispatchSemaphore(value: 0)
  private let threads: Int

  /// Room for libllama, some of whose regular expressions recurse for each character of a word.
  private static let stackSize = 16 << 20
  /// How much less urgent the threads are, as `nice` counts.
  private static let niceness: Int32 = 10
  /// Of so many slices, one goes to work that has begun, whatever else there is.
  private static let turnsOfNewWork = 4

  /// Starts the threads, which end after `close`.
  ///
  /// - Parameter name: at most 15 bytes; Linux leaves a thread without a longer one.
  static func started(name: String, threads: Int) -> WorkQueue {
    let queue = WorkQueue(threads: threads)
    for _ in 0 ..< threads {
      let isStarted = DispatchSemaphore(value: 0)
      let thread = Thread {
        // Before `start` has returned, a thread cannot be given a name, though it may run.
        isStarted.wait()
        Thread.current.name = name
        // Of this thread alone, which Linux calls a process here. It is always allowed to be nicer.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
        queue.work()
      }
      thread.stackSize = Self.stackSize
      thread.start()
      isStarted.signal()
    }
    return queue
  }

  private init(threads: Int) {
    self.threads = threads
  }

  /// Does work on a thread of the queue, in turn.
  ///
  /// - Parameter work: calls `endSlice` every few milliseconds where it may take longer.
  /// - Throws: what `work` throws.
  func run<Result: Sendable>(
    for requester: Requester,
    _ work: @Sendable () async throws(GenerationError) -> Result
  ) async throws(GenerationError) -> Result {
    let result = await withTaskExecutorPreference(Turns(self, requester)) {
      do throws(GenerationError) {
        try Self.checkCancellation()
        return Swift.Result<Result, GenerationError>.success(try await work())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Lets others have their turn.
  ///
  /// - Throws: `deadlineExceeded` when the caller waits no more.
  static func endSlice() async throws(GenerationError) {
    await Task.yield()
    try self.checkCancellation()
  }

  private static func checkCancellation() throws(GenerationError) {
    if Task.isCancelled { throw .expired }
  }

  /// Ends the threads when nothing is left to do.
  func close() {
    self.state.withLock { $0.isClosed = true }
    for _ in 0 ..< self.threads { self.available.signal() }
  }

  private func append(_ slice: Slice, isFirst: Bool) {
    self.state.withLock { state in
      if isFirst {
        state.new.append(slice, of: slice.turns.requester)
      } else {
        state.begun.append(slice, of: slice.turns.requester)
      }
    }
    self.available.signal()
  }

  private func work() {
    while true {
      self.available.wait()
      let (slice, isClosed) = self.state.withLock { state in
        state.turn = (state.turn + 1) % Self.turnsOfNewWork
        let slice =
          state.turn == 0
          ? state.begun.removeNext() ?? state.new.removeNext()
          : state.new.removeNext() ?? state.begun.removeNext()
        return (slice, state.isClosed)
      }
      if let slice {
        slice.job.runSynchronously(on: slice.turns.asUnownedTaskExecutor())
      } else if isClosed {
        return
      }
    }
  }

  /// A part of somebody's work, up to where it lets others have their turn.
  private struct Slice {
    var job: UnownedJob
    var turns: Turns
  }

  /// The slices of one piece of work.
  private final class Turns: TaskExecutor {
    let requester: Requester
    private let queue: WorkQueue
    private let hasBegun = Atomic(false)

    init(_ queue: WorkQueue, _ requester: Requester) {
      self.queue = queue
      self.requester = requester
    }

    func enqueue(_ job: consuming ExecutorJob) {
      let isFirst = !self.hasBegun.exchange(true, ordering: .relaxed)
      self.queue.append(Slice(job: UnownedJob(job), turns: self), isFirst: isFirst)
    }
  }
}
