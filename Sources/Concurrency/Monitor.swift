public import Synchronization

/// State under a lock, for whose changes tasks wait.
///
/// Who waits gives a closure that looks at the state, under the lock, and takes what it waits for. It
/// looks at once, and again after each `update`. A task that waits costs no memory beside its own.
///
/// Public, because the compiler specializes in other modules only what is: with that, a monitor costs
/// what the lock and the continuation cost.
public struct Monitor<State>: ~Copyable, Sendable {
  @usableFromInline let guarded: Mutex<Guarded>

  /// Creates a monitor of this state.
  @inlinable
  public init(_ state: consuming sending State) {
    self.guarded = Mutex(Guarded(state))
  }

  /// How many wait.
  @inlinable
  public var sleeperCount: Int { self.guarded.withLock { $0.sleepers.count } }

  // MARK: Changing

  /// Looks at the state, or changes what nobody waits for.
  @inlinable
  public func withLock<Result, Failure: Error>(
    _ body: (inout sending State) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    try self.guarded.withLock { guarded throws(Failure) in try body(&guarded.state) }
  }

  /// Changes the state, and then has all who wait look at it again. Wakes nobody when `body` throws.
  ///
  /// - Parameter isNews: whether there may be now what they wait for; always, if left out.
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

  /// Changes the state, and leaves it to the caller to wake those who wait.
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

  /// The first value that `body` finds, now or after a change, whether or not the task is cancelled.
  ///
  /// - Parameter body: changes nothing when it returns nil.
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

  /// The first value that `body` finds, now or after a change; nil when there is none now and the task
  /// is cancelled before there is one.
  ///
  /// - Parameters:
  ///   - isolation: the caller's actor, which the wait does not leave.
  ///   - body: changes nothing when it returns nil.
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

  /// Returns when the condition is met, whether or not the task is cancelled.
  @inlinable
  public func wait(until condition: (inout sending State) -> Bool) async {
    await self.first { condition(&$0) ? () : nil }
  }

  /// Returns when the condition is met, or the task is cancelled.
  @inlinable
  public func waitUnlessCancelled(
    isolation: isolated (any Actor)? = #isolation,
    until condition: (inout sending State) -> Bool
  ) async {
    _ = await self.firstUnlessCancelled(isolation: isolation) { condition(&$0) ? () : nil }
  }
}

// Each continuation is resumed exactly once, which is why those that check it are not needed. Whoever
// resumes one has it from `sleep`, which did not put it in, or has taken it out, all of that under the
// lock; and all that go in are taken out: by the next change, or when their task is cancelled. A
// monitor does not go away before, as those who wait hold it.
extension Monitor {
  @usableFromInline
  struct Guarded {
    @usableFromInline var state: State
    @usableFromInline var sleepers = Sleepers.none
    /// Each look that finds nothing has a ticket, by which its task sleeps.
    @usableFromInline var lastTicket = 0
    /// Whoever has a ticket up to this one is to look again.
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

  /// Puts the continuation where the next change finds it. Resumes it instead if that was already, or
  /// the task need not wait.
  @inlinable
  func sleep(
    _ continuation: Sleepers.Continuation,
    _ ticket: Int,
    unless isOver: @autoclosure () -> Bool = false
  ) {
    let sleeps = self.guarded.withLock { guarded in
      // A task that is cancelled after this finds its continuation.
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
