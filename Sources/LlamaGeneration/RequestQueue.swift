internal import Generation
internal import Synchronization

/// Requests on their way to the decode thread, first come, first served.
final class RequestQueue: Sendable {
  private struct State {
    var waiting: [LlamaRequest] = []
    var isClosed = false
    var hasNews = false
    var engine: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// - Throws: when the queue is closed.
  func append(_ request: LlamaRequest) throws(GenerationError) {
    let isOpen = self.update { state in
      if !state.isClosed { state.waiting.append(request) }
    }
    if !isOpen { throw .shutDown }
  }

  /// Something else has changed that the decode thread should look at.
  func wakeEngine() {
    self.update { _ in }
  }

  /// - Returns: whether the queue is open.
  @discardableResult
  private func update(_ body: (inout State) -> Void) -> Bool {
    let (engine, isOpen) = self.state.withLock { state in
      body(&state)
      state.hasNews = true
      return (state.engine.take(), !state.isClosed)
    }
    engine?.resume()
    return isOpen
  }

  /// The next request whose caller still waits. Those whose deadline has passed end with an error.
  func next() -> LlamaRequest? {
    while let request = self.removeFirst() {
      if let deadline = request.request.deadline, deadline <= .now {
        request.buffer.finish(throwing: .expired)
      } else if request.buffer.demand != .abandoned {
        return request
      }
    }
    return nil
  }

  private func removeFirst() -> LlamaRequest? {
    self.state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
  }

  /// Returns when something has changed since the last call, or the task is cancelled.
  func waitForNews(isolation: isolated (any Actor)? = #isolation) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation(isolation: isolation) { continuation in
        let isReady = self.state.withLock { state in
          defer { state.hasNews = false }
          if state.hasNews || Task.isCancelled { return true }
          state.engine = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      self.wakeEngine()
    }
  }

  /// Refuses all requests, those that wait and those that come later.
  func close() {
    let waiting = self.state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for request in waiting { request.buffer.finish(throwing: .shutDown) }
  }
}

/// A request whose input is tokens, and the way back to its caller.
struct LlamaRequest: Sendable {
  var request: GenerationRequest
  var prompt: [Int32]
  var constraint: ConstraintGrammar?
  /// What `echo` shows.
  var promptText: String
  var seed: UInt32
  var buffer: EventBuffer
  var arrival: ContinuousClock.Instant
}
