internal import Concurrency

/// Passes the calls of a connection from its handler to the task that runs them.
final class CallQueue: Sendable {
  private struct State {
    var calls: [ServerCall] = []
    var isFinished = false
  }

  private let state = Monitor(State())

  /// Adds a call, unless the queue is finished.
  func append(_ call: ServerCall) {
    self.state.update { if !$0.isFinished { $0.calls.append(call) } }
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
