public import Synchronization

/// State under a lock; tasks can wait for it to change.
///
/// A waiting task passes a closure that checks the state, under the lock, and takes what it waits
/// for. The closure runs at once, and again after each `update`. Waiting allocates no memory.
///
/// It is public and inlinable so that the compiler can specialize it in other modules: a monitor
/// then costs only its lock and its continuations.
public struct Monitor<State>: ~Copyable, Sendable {
  @usableFromInline let guarded: Mutex<Guarded>

  /// Creates a monitor of this state.
  @inlinable
  public init(_ state: consuming sending State) {
    self.guarded = Mutex(Guarded(state))
  }

  /// The number of waiting tasks.
  @inlinable
  public var sleeperCount: Int { self.guarded.withLock { $0.sleepers.count } }

  // MARK: Changing

  /// Reads the state, or changes a part that no task waits for.
  @inlinable
  public func withLock<Result, Failure: Error>(
    _ body: (inout sending State) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    try self.guarded.withLock { guarded throws(Failure) in try body(&guarded.state) }
  }

  /// Changes the state, then wakes the waiting tasks to check it again. Wakes none if `body`
  /// throws.
  ///
  /// - Parameter isNews: whether to wake the tasks after this change; by default, always.
  @inlinable
  public func update<Result, Failure: Error>(
    _ body: (inout sending State) throws(Failure) -> sending Result,
    wakingIf isNews: (State) -> Bool = { _ in true }
  ) throws(Failure) -> sending Result {
    var sleepers = Sleepers.none
    let result = try self.guarded.withLock { guarded throws(Failure) in
      let result = try body(&guarded.state)
      if isNews(guarded.state) { sleepers = guarded.takeSleepers() }
      return result
    }
    sleepers.wake()
    return result
  }

  /// Changes the state; the caller must wake the tasks that waited.
  @inlinable
  public func change<Result>(
    _ body: (inout sending State) -> sending Result
  ) -> (result: Result, sleepers: Sleepers) {
    var sleepers = Sleepers.none
    let result = self.guarded.withLock { guarded in
      sleepers = guarded.takeSleepers()
      return body(&guarded.state)
    }
    return (result, sleepers)
  }

  // MARK: Waiting

  /// Returns the first value that `body` returns, now or after a change. Ignores cancellation.
  ///
  /// - Parameter body: must not change the state when it returns nil.
  @inlinable
  public func first<Result>(
    _ body: (inout sending State) -> sending Result?
  ) async -> Result {
    while true {
      var ticket = 0
      if let result = self.look(body, &ticket) { return result }
      await withUnsafeContinuation { self.sleep($0, ticket) }
    }
  }

  /// Returns the first value that `body` returns, now or after a change; nil when the task is
  /// cancelled before that.
  ///
  /// - Parameters:
  ///   - isolation: the caller's actor; the wait stays on it.
  ///   - body: must not change the state when it returns nil.
  @inlinable
  public func firstUnlessCancelled<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout sending State) -> sending Result?
  ) async -> Result? {
    while true {
      var ticket = 0
      if let result = self.look(body, &ticket) { return result }
      let number = ticket
      await withTaskCancellationHandler {
        await withUnsafeContinuation(isolation: isolation) {
          self.sleep($0, number, unless: Task.isCancelled)
        }
      } onCancel: {
        self.leave(number)
      }
      if Task.isCancelled { return nil }
    }
  }

  /// Returns when the condition is met. Ignores cancellation.
  @inlinable
  public func wait(until condition: (inout sending State) -> Bool) async {
    await self.first { condition(&$0) ? () : nil }
  }

  /// Returns when the condition is met or the task is cancelled.
  @inlinable
  public func waitUnlessCancelled(
    isolation: isolated (any Actor)? = #isolation,
    until condition: (inout sending State) -> Bool
  ) async {
    _ = await self.firstUnlessCancelled(isolation: isolation) { condition(&$0) ? () : nil }
  }
}

// Unsafe continuations are sound here because each is resumed exactly once. Under the lock, a
// continuation is either not stored, and `sleep` resumes it, or stored, and whoever removes it
// resumes it. Each stored one is removed, by the next change or when its task is cancelled. The
// monitor outlives them, because waiting tasks hold it.
extension Monitor {
  @usableFromInline
  struct Guarded {
    @usableFromInline var state: State
    @usableFromInline var sleepers = Sleepers.none
    /// Each check that returns nil gets a ticket, under which its task sleeps.
    @usableFromInline var lastTicket = 0
    /// Tasks with tickets up to this one must check again.
    @usableFromInline var lastCalled = 0

    @inlinable
    init(_ state: consuming sending State) {
      self.state = state
    }

    @inlinable
    mutating func takeSleepers() -> Sleepers {
      self.lastCalled = self.lastTicket
      defer { self.sleepers = .none }
      return self.sleepers
    }
  }

  @inlinable
  func look<Result>(
    _ body: (inout sending State) -> sending Result?,
    _ ticket: inout Int
  ) -> sending Result? {
    self.guarded.withLock { guarded in
      if let result = body(&guarded.state) { return result }
      guarded.lastTicket += 1
      ticket = guarded.lastTicket
      return nil
    }
  }

  /// Stores the continuation for the next change. Resumes it at once if the state has changed since
  /// the check, or if the task need not wait.
  @inlinable
  func sleep(
    _ continuation: Sleepers.Continuation,
    _ ticket: Int,
    unless isOver: @autoclosure () -> Bool = false
  ) {
    let sleeps = self.guarded.withLock { guarded in
      // If the task is cancelled after this, `leave` finds the continuation.
      guard ticket > guarded.lastCalled, !isOver() else { return false }
      guarded.sleepers.add(continuation, ticket: ticket)
      return true
    }
    if !sleeps { continuation.resume() }
  }

  @inlinable
  func leave(_ ticket: Int) {
    let continuation = self.guarded.withLock { $0.sleepers.remove(ticket: ticket) }
    continuation?.resume()
  }
}
