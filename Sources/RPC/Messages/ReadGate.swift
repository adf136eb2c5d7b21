internal import Synchronization

/// Closes while too much that a connection has received was not dealt with, because calls do not
/// read it or the peer does not take the answers: the connection takes no more from its socket then.
package final class ReadGate: Sendable {
  private let limit: Int
  private let state = Mutex(State())

  private struct State {
    var waiting = 0
    var isClosed = false
    var onReopen: (@Sendable () -> Void)?
  }

  /// - Parameter limit: bytes at which the gate closes; it reopens at half of them.
  package init(limit: Int) {
    self.limit = limit
  }

  package var isClosed: Bool { self.state.withLock { $0.isClosed } }

  /// Calls `action`, on any thread, each time the gate reopens.
  package func onReopen(_ action: @escaping @Sendable () -> Void) {
    self.state.withLock { $0.onReopen = action }
  }

  package func add(_ bytes: Int) {
    self.state.withLock { state in
      state.waiting += bytes
      if state.waiting >= self.limit { state.isClosed = true }
    }
  }

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
