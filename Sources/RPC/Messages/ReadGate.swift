internal import Synchronization

/// Closes while too many received bytes are unhandled, because calls do not read them or the peer
/// does not read the answers. The connection then stops reading from its socket.
package final class ReadGate: Sendable {
  private let limit: Int
  private let state = Mutex(State())

  private struct State {
    var waiting = 0
    var isClosed = false
    var onReopen: (@Sendable () -> Void)?
  }

  /// - Parameter limit: the bytes at which the gate closes; it reopens at half of that.
  package init(limit: Int) {
    self.limit = limit
  }

  /// Whether the connection should stop reading.
  package var isClosed: Bool { self.state.withLock { $0.isClosed } }

  /// Calls `action`, on any thread, each time the gate reopens.
  package func onReopen(_ action: @escaping @Sendable () -> Void) {
    self.state.withLock { $0.onReopen = action }
  }

  /// Counts bytes that were received.
  package func add(_ bytes: Int) {
    self.state.withLock { state in
      state.waiting += bytes
      if state.waiting >= self.limit { state.isClosed = true }
    }
  }

  /// Counts bytes that were handled.
  package func remove(_ bytes: Int) {
    guard bytes > 0 else { return }
    let reopen = self.state.withLock { state in
      state.waiting -= bytes
      guard state.isClosed && state.waiting <= self.limit / 2 else { return nil as (() -> Void)? }
      state.isClosed = false
      return state.onReopen
    }
    reopen?()
  }
}
