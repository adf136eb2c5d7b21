/// Tasks that wait for a monitor's state to change.
///
/// Usually there is only one, which needs no allocation.
public enum Sleepers: Sendable {
  /// Resumes a waiting task.
  public typealias Continuation = UnsafeContinuation<Void, Never>

  case none
  case one(ticket: Int, Continuation)
  /// The tasks by their tickets.
  case many([Int: Continuation])

  /// Wakes the tasks to check again. Call it exactly once: without it the tasks sleep for ever, and
  /// waking a task twice is undefined behaviour.
  @inlinable
  public func wake() {
    switch self {
    case .none: break
    case .one(_, let sleeper): sleeper.resume()
    case .many(let sleepers): for sleeper in sleepers.values { sleeper.resume() }
    }
  }

  @usableFromInline
  var count: Int {
    switch self {
    case .none: 0
    case .one: 1
    case .many(let sleepers): sleepers.count
    }
  }

  @usableFromInline
  mutating func add(_ sleeper: Continuation, ticket: Int) {
    switch self {
    case .none:
      self = .one(ticket: ticket, sleeper)
    case .one(let firstTicket, let first):
      self = .many([firstTicket: first, ticket: sleeper])
    case .many(var sleepers):
      // Release it first, so that the dictionary is not copied.
      self = .none
      sleepers[ticket] = sleeper
      self = .many(sleepers)
    }
  }

  @usableFromInline
  mutating func remove(ticket: Int) -> Continuation? {
    switch self {
    case .one(ticket, let sleeper):
      self = .none
      return sleeper
    case .none, .one:
      return nil
    case .many(var sleepers):
      self = .none
      let sleeper = sleepers.removeValue(forKey: ticket)
      self = sleepers.isEmpty ? .none : .many(sleepers)
      return sleeper
    }
  }
}
