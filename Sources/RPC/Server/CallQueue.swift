internal import Concurrency

/// The calls of a connection on their way from its handler to the task that runs them.
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

  /// No more calls come.
  func finish() {
    self.state.update { $0.isFinished = true }
  }

  /// All calls that have come, in one step; waits until there are some. Empty when there are no more.
  func next() async -> [ServerCall] {
    await self.state.first { state in
      if state.calls.isEmpty && !state.isFinished { return nil }
      defer { state.calls = [] }
      return state.calls
    }
  }
}
