internal import Synchronization

/// Lets whoever holds it end one child task of a group, which Swift's groups cannot.
final class CancellationSignal: Sendable {
  private let state = Mutex(State.idle)

  private enum State {
    case idle
    case waited(CheckedContinuation<Void, Never>)
    case signalled
  }

  /// Ends the wait; only the first signal counts.
  func signal() {
    let waiter = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
      defer { state = .signalled }
      if case .waited(let continuation) = state { return continuation }
      return nil
    }
    waiter?.resume()
  }

  /// Returns at the signal. Has one waiter, who must be signalled.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isSignalled = self.state.withLock { state in
        if case .signalled = state { return true }
        state = .waited(continuation)
        return false
      }
      if isSignalled { continuation.resume() }
    }
  }
}
