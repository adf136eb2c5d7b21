internal import Synchronization

/// The calls of a connection on their way from its handler to the task that runs them.
final class CallQueue: Sendable {
  private struct State {
    var calls: [ServerCall] = []
    var isFinished = false
    var runner: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// Adds a call, unless the queue is finished.
  func append(_ call: ServerCall) {
    self.update { if !$0.isFinished { $0.calls.append(call) } }
  }

  /// No more calls come.
  func finish() {
    self.update { $0.isFinished = true }
  }

  private func update(_ body: (inout State) -> Void) {
    let runner = self.state.withLock { state in
      body(&state)
      return state.runner.take()
    }
    runner?.resume()
  }

  /// All calls that have come, in one step; waits until there are some. Empty when there are no more.
  func next() async -> [ServerCall] {
    await withCheckedContinuation { continuation in
      let isReady = self.state.withLock { state in
        if !state.calls.isEmpty || state.isFinished { return true }
        state.runner = continuation
        return false
      }
      if isReady { continuation.resume() }
    }
    return self.state.withLock { state in
      defer { state.calls = [] }
      return state.calls
    }
  }
}
