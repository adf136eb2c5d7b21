internal import Synchronization

/// Whether the server serves, and the watchers of that.
final class HealthStatus: Sendable {
  /// The phases of a server, in this order.
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

  /// The number of open streams from `phases()`.
  var watchers: Int { self.state.withLock { $0.watchers.count } }

  /// Begins a phase and notifies the watchers; `draining` ends their streams.
  ///
  /// - Returns: false if the server is already in this phase or a later one; then nothing changes.
  @discardableResult
  func advance(to phase: Phase) -> Bool {
    let (hasAdvanced, ended) = self.state.withLock { state -> (Bool, Watchers) in
      guard phase.rawValue > state.phase.rawValue else { return (false, [:]) }
      state.phase = phase
      // Under the lock, so that watchers get the phases in order.
      for watcher in state.watchers.values { watcher.yield(phase) }
      guard phase == .draining else { return (true, [:]) }
      defer { state.watchers = [:] }
      return (true, state.watchers)
    }
    // Not under the lock, because the end of a stream takes it.
    for watcher in ended.values { watcher.finish() }
    return hasAdvanced
  }

  /// The current phase, and later ones. A slow reader gets only the latest.
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
