internal import Concurrency

/// Passes the calls of a connection from its handler to the task that runs them.
final class CallQueue: Sendable {
  private struct State {
    var calls: [ServerCall] = []
    var isFinished = false
  }

  private let state = Monitor(State())

  /// Adds a call, unless the queue is finished.
  ///
  /// - Returns: whether the call was added.
  func append(_ call: ServerCall) -> Bool {
    self.state.update { state in
      if !state.isFinished { state.calls.append(call) }
      return !state.isFinished
    }
  }

  /// Ends the queue: no more calls will come.
  func finish() {
    self.state.update { $0.isFinished = true }
  }

  /// Waits for calls and takes all that have arrived; empty when there will be no more.
  func next() async -> [ServerCall] {
    await self.state.first { state in
      if state.calls.isEmpty && !state.isFinished { return nil }
      defer { state.calls = [] }
      return state.calls
    }
  }
}
