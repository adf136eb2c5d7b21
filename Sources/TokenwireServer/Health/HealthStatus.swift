internal import Synchronization

/// Whether the server serves, and who wants to know when that changes.
final class HealthStatus: Sendable {
  /// What a server goes through, in this order only.
  enum Phase: Int {
    case loading
    case serving
    case draining
  }

  private typealias Watchers = [Int: AsyncStream<Phase>.Continuation]

  private struct State {
    var phase = Phase.loading
    var watchers: Watchers = [:]
    var nextID = 0
  }

  private let state = Mutex(State())

  var phase: Phase { self.state.withLock { $0.phase } }

  /// How many streams of `phases()` are read.
  var watchers: Int { self.state.withLock { $0.watchers.count } }

  /// Begins a phase and tells the watchers; `draining` ends their streams.
  ///
  /// - Returns: false when the server is that far already; nothing has changed then.
  @discardableResult
  func advance(to phase: Phase) -> Bool {
    let (hasAdvanced, ended) = self.state.withLock { state -> (Bool, Watchers) in
      guard phase.rawValue > state.phase.rawValue else { return (false, [:]) }
      state.phase = phase
      // Within the lock, so that no watcher gets two phases in the wrong order.
      for watcher in state.watchers.values { watcher.yield(phase) }
      guard phase == .draining else { return (true, [:]) }
      defer { state.watchers = [:] }
      return (true, state.watchers)
    }
    // Without the lock, which the end of a stream takes.
    for watcher in ended.values { watcher.finish() }
    return hasAdvanced
  }

  /// The phase that the server is in, and those that follow. A reader that is late gets the latest.
  func phases() -> AsyncStream<Phase> {
    let (phases, watcher) = AsyncStream.makeStream(
      of: Phase.self,
      bufferingPolicy: .bufferingNewest(1)
    )
    let id = self.state.withLock { state -> Int? in
      watcher.yield(state.phase)
      guard state.phase != .draining else { return nil }
      defer { state.nextID += 1 }
      state.watchers[state.nextID] = watcher
      return state.nextID
    }
    if let id {
      watcher.onTermination = { _ in self.remove(id) }
    } else {
      watcher.finish()
    }
    return phases
  }

  private func remove(_ watcher: Int) {
    self.state.withLock { _ = $0.watchers.removeValue(forKey: watcher) }
  }
}
