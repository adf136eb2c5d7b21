internal import Foundation
internal import Generation
internal import Synchronization

/// Threads for what callers make the server compute before a model sees it: cutting texts into tokens,
/// compiling constraints.
///
/// Work is done in slices, and for each slice the requesters take turns: whoever sends megabytes, or
/// many requests, keeps nobody waiting for more than a slice. The first slices of all work have a
/// thread of their own, so that what is small is done soon. Another thread does what follows, and is
/// less urgent to the system than whatever else runs. A third one does what has taken long, and hardly
/// gets a core that others want: it would hold up a decode step, which waits for the last of its threads.
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

  /// Room for libllama, some of whose regular expressions recurse for each character of a word.
  private static let stackSize = 16 << 20
  /// How much less urgent the threads for begun and for long work are, as `nice` counts.
  private static let niceness: (begun: Int32, long: Int32) = (5, 15)
  /// How much time of a core work has had when it counts as long: hundreds of kilobytes of text.
  private static let long = Duration.milliseconds(50)
  /// Of so many slices there, one is new work, if there is any.
  private static let turnsOfBegunWork = 4

  /// Starts the threads, which end after `close`.
  ///
  /// - Parameters:
  ///   - name: at most 15 bytes; Linux leaves a thread without a longer one.
  ///   - hurries: whether there is a thread for first slices.
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
    // Of this thread alone, which Linux calls a process here. It is always allowed to be nicer.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
  }

  private static func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let isStarted = DispatchSemaphore(value: 0)
    let thread = Thread {
      // Before `start` has returned, a thread cannot be given a name, though it may run.
      isStarted.wait()
      Thread.current.name = name
      body()
    }
    thread.stackSize = Self.stackSize
    thread.start()
    isStarted.signal()
  }

  private init() {}

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

  /// Does what `next` takes, until the queue is closed.
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
    /// In nanoseconds. One slice of the work runs at a time.
    private let nanoseconds = Atomic<Int64>(0)

    init(_ queue: WorkQueue, _ requester: Requester) {
      self.queue = queue
      self.requester = requester
    }

    /// How much time of a core the work has had.
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
