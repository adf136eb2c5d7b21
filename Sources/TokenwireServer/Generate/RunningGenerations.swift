internal import Generation
internal import Synchronization

/// The generations that `Abort` can end.
final class RunningGenerations: Sendable {
  private let running = Mutex<[String: GenerationEvents]>([:])

  /// Makes a generation known under `id`.
  func add(_ events: GenerationEvents, id: String) {
    self.running.withLock { $0[id] = events }
  }

  func remove(_ id: String) {
    self.running.withLock { _ = $0.removeValue(forKey: id) }
  }

  /// Ends a generation: its stream ends without its last event.
  ///
  /// - Returns: whether it was running.
  func abort(_ id: String) -> Bool {
    let events = self.running.withLock { $0.removeValue(forKey: id) }
    events?.cancel()
    return events != nil
  }
}
