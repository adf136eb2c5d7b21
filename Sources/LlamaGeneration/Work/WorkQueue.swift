internal import Foundation
internal import Generation
internal import Synchronization

/// Threads for the work before decoding: tokenizing texts and compiling constraints.
///
/// Work is done in slices, and requesters take turns for each slice: one who sends megabytes or
/// many requests delays others by no more than a slice. First slices have a thread of their own, so
/// that small work is done soon. Another thread, with a lower priority, does the later slices. A
/// third one, with a still lower priority, does long work: it hardly gets a core that others want,
/// because a decode step waits for the last of its threads.
final class WorkQueue: Sendable {
  private struct State {
    var new = FairLine<Slice>()
    var begun = FairLine<Slice>()
    var long = FairLine<Slice>()
    var turn = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let newAvailable = DispatchSemaphore(value: 0)
  private let available = DispatchSemaphore(value: 0)
  private let longAvailable = DispatchSemaphore(value: 0)

  /// Room for libllama, whose regular expressions can recurse for each character of a word.
  private static let stackSize = 16 << 20
  /// The `nice` values of the threads for begun and for long work.
  private static let niceness: (begun: Int32, long: Int32) = (5, 15)
  /// The processor time after which work counts as long: hundreds of kilobytes of text.
  private static let long = Duration.milliseconds(50)
  /// On that thread, one of this many slices is new work, if there is any.
  private static let turnsOfBegunWork = 4

  /// Starts the threads, which end after `close`.
  ///
  /// - Parameters:
  ///   - name: at most 15 bytes, Linux's limit.
  ///   - hurries: whether first slices have a thread of their own.
  static func started(name: String, hurries: Bool) -> WorkQueue {
    let queue = WorkQueue()
    if hurries {
      Self.startThread(name) {
        queue.work(queue.newAvailable) { state in state.new.removeNext() }
      }
    }
    Self.startThread(name) {
      Self.beNice(Self.niceness.long)
      queue.work(queue.longAvailable) { state in state.long.removeNext() }
    }
    Self.startThread(name) {
      Self.beNice(Self.niceness.begun)
      queue.work(queue.available) { state in
        state.turn = (state.turn + 1) % Self.turnsOfBegunWork
        return state.turn == 0
          ? state.new.removeNext() ?? state.begun.removeNext()
          : state.begun.removeNext() ?? state.new.removeNext()
      }
    }
    return queue
  }

  private static func beNice(_ niceness: Int32) {
    // Only for this thread, which is a process to this call on Linux. Lowering the priority is
    // always allowed.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
  }

  private static func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let isStarted = DispatchSemaphore(value: 0)
    let thread = Thread {
      // A thread can be named only after `start` has returned, though it may already run.
      isStarted.wait()
      Thread.current.name = name
      body()
    }
    thread.stackSize = Self.stackSize
    thread.start()
    isStarted.signal()
  }

  private init() {}

  /// Runs work on a thread of the queue, in turn.
  ///
  /// - Parameter work: calls `endSlice` every few milliseconds if it may take longer.
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

  /// Ends a slice, so that others have their turn.
  ///
  /// - Throws: `deadlineExceeded` when the caller no longer waits.
  static func endSlice() async throws(GenerationError) {
    await Task.yield()
    try self.checkCancellation()
  }

  private static func checkCancellation() throws(GenerationError) {
    if Task.isCancelled { throw .expired }
  }

  /// Ends the threads when no work is left.
  func close() {
    self.state.withLock { $0.isClosed = true }
    self.newAvailable.signal()
    self.available.signal()
    self.longAvailable.signal()
  }

  private func append(_ slice: Slice, isFirst: Bool) {
    let requester = slice.turns.requester
    if slice.turns.time > Self.long {
      self.state.withLock { $0.long.append(slice, of: requester) }
      self.longAvailable.signal()
      return
    }
    self.state.withLock { state in
      if isFirst {
        state.new.append(slice, of: requester)
      } else {
        state.begun.append(slice, of: requester)
      }
    }
    if isFirst { self.newAvailable.signal() }
    self.available.signal()
  }

  /// Runs the slices that `next` takes, until the queue is closed.
  private func work(_ signal: DispatchSemaphore, _ next: (inout State) -> Slice?) {
    while true {
      signal.wait()
      let (slice, isClosed) = self.state.withLock { state in (next(&state), state.isClosed) }
      if let slice {
        slice.turns.run(slice.job)
      } else if isClosed {
        return
      }
    }
  }

  /// One slice of work.
  private struct Slice {
    var job: UnownedJob
    var turns: Turns
  }

  /// The slices of one piece of work.
  private final class Turns: TaskExecutor {
    let requester: Requester
    private let queue: WorkQueue
    private let hasBegun = Atomic(false)
    /// In nanoseconds. Only one slice of the work runs at a time.
    private let nanoseconds = Atomic<Int64>(0)

    init(_ queue: WorkQueue, _ requester: Requester) {
      self.queue = queue
      self.requester = requester
    }

    /// The processor time that the work has used.
    var time: Duration { .nanoseconds(self.nanoseconds.load(ordering: .relaxed)) }

    func run(_ job: UnownedJob) {
      let begin = Self.timeOfThread()
      job.runSynchronously(on: self.asUnownedTaskExecutor())
      let time = Self.timeOfThread() - begin
      self.nanoseconds.add(time, ordering: .relaxed)
    }

    private static func timeOfThread() -> Int64 {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    func enqueue(_ job: consuming ExecutorJob) {
      let isFirst = !self.hasBegun.exchange(true, ordering: .relaxed)
      self.queue.append(Slice(job: UnownedJob(job), turns: self), isFirst: isFirst)
    }
  }
}
