/// Tasks that wait for a change of a monitor's state, taken out of it to be woken.
///
/// Mostly there is one at a time, which costs no memory.
public enum Sleepers: Sendable {
  /// Resumes a waiting task.
  public typealias Continuation = UnsafeContinuation<Void, Never>

  case none
  case one(ticket: Int, Continuation)
  /// By their tickets.
  case many([Int: Continuation])

  /// Has them look again. Whoever took them calls it once: a task that is forgotten sleeps for ever,
  /// and one that is woken twice is undefined.
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
      // Let go first, so that there is one of it and it grows in place.
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
