internal import Generation
internal import Identifiers
internal import Synchronization

/// The generations that `Abort` can end.
final class RunningGenerations: Sendable {
  private struct Running {
    var events: GenerationEvents
    var requester: Requester
  }

  private let running = Mutex<[Identifier: Running]>([:])

  let metrics: GenerationMetrics

  init(metrics: GenerationMetrics = GenerationMetrics()) {
    self.metrics = metrics
  }

  /// Adds a generation under `id`.
  func add(_ events: GenerationEvents, id: Identifier, of requester: Requester) {
    self.running.withLock { $0[id] = Running(events: events, requester: requester) }
  }

  func remove(_ id: Identifier) {
    self.running.withLock { _ = $0.removeValue(forKey: id) }
  }

  /// Ends a generation: its stream ends without its last event.
  ///
  /// - Parameter caller: must own the generation, or be an admin.
  /// - Returns: whether it was running.
  func abort(_ id: Identifier, for caller: Caller) -> Bool {
    let events = self.running.withLock { running -> GenerationEvents? in
      guard let found = running[id], caller.isAdmin || found.requester == caller.requester else {
        return nil
      }
      return running.removeValue(forKey: id)?.events
    }
    events?.cancel()
    return events != nil
  }
}
