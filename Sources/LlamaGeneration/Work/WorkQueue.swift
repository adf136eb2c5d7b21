internal import Foundation
internal import Generation
internal import Synchronization

/// Threads for what callers make the server compute before a model sees it: cutting texts into tokens,
/// compiling constraints.
///
/// Work is done in slices, and for each slice the requesters take turns: whoever sends megabytes, or
/// many requests, keeps nobody waiting for more than a slice. The first slices of all work have a
/// thread of their own, so that what is small is done soon. The other thread does the rest, and is
/// less urgent to the system than whatever else runs.
final class WorkQueue: Sendable {
  private struct State {
    var new = FairLine<Slice>()
    var begun = FairLine<Slice>()
    var turn = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let newAvailable = DispatchSemaphore(value: 0)
  private let available = DispatchSemaphore(value: 0)

  /// Room for libllama, some of whose regular expressions recurse for each character of a word.
  private static let stackSize = 16 << 20
  /// How much less urgent the thread for the rest is, as `nice` counts.
  private static let niceness: Int32 = 5
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
      // Of this thread alone, which Linux calls a process here. It is always allowed to be nicer.
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
      queue.work(queue.available) { state in
        state.turn = (state.turn + 1) % Self.turnsOfBegunWork
        return state.turn == 0
          ? state.new.removeNext() ?? state.begun.removeNext()
          : state.begun.removeNext() ?? state.new.removeNext()
      }
    }
    return queue
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
  }

  private func append(_ slice: Slice, isFirst: Bool) {
    self.state.withLock { state in
      if isFirst {
        state.new.append(slice, of: slice.turns.requester)
      } else {
        state.begun.append(slice, of: slice.turns.requester)
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
