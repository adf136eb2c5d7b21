internal import Concurrency
internal import Generation

/// The bounded queue of requests for the decode thread.
final class RequestQueue: Sendable {
  private struct State {
    var line = FairLine<LlamaRequest>()
    var load = EngineLoad()
    var isClosed = false
    var hasNews = false
  }

  private let capacity: Int
  private let state = Monitor(State())

  /// - Parameter capacity: how many requests may wait.
  init(capacity: Int) {
    self.capacity = capacity
  }

  /// How many requests wait.
  var count: Int { self.state.withLock { $0.line.count } }

  /// How busy the engine was at its last step.
  var load: EngineLoad { self.state.withLock { $0.load } }

  /// Adds the requests for all texts of one caller, or none.
  ///
  /// - Throws: `resourceExhausted` when the queue is full; `deadlineExceeded` when the deadline
  ///   would pass before the first one's turn; `unavailable` when the queue is closed.
  func append(_ requests: [LlamaRequest]) throws(GenerationError) {
    guard let request = requests.first else { return }
    try self.update { state throws(GenerationError) in
      if state.isClosed { throw .shutDown }
      if state.line.count + requests.count > self.capacity {
        state.line.removeAll { $0.buffer.demand == .abandoned }
      }
      guard state.line.count + requests.count <= self.capacity else {
        throw .queueIsFull(capacity: self.capacity, retryAfter: state.load.timeToNextPlace)
      }
      let before = state.line.countBefore(nextOf: request.requester)
      if let deadline = request.request.deadline, let wait = state.load.wait(behind: before) {
        let left = deadline - .now
        if wait > left { throw .cannotMeetDeadline(left: left, needed: wait) }
      }
      for request in requests { state.line.append(request, of: request.requester) }
    }
  }

  /// Wakes the decode thread, because something else has changed.
  func wakeEngine() {
    self.update { _ in }
  }

  private func update<E>(_ body: (inout State) throws(E) -> Void) throws(E) {
    try self.state.update { state throws(E) in
      try body(&state)
      state.hasNews = true
    }
  }

  /// Stores how busy the engine is.
  func report(_ load: EngineLoad) {
    self.state.withLock { $0.load = load }
  }

  /// Removes the next request that may begin and whose caller still waits. Requests past their
  /// deadline end with an error.
  func next(where mayGo: (LlamaRequest) -> Bool) -> LlamaRequest? {
    while let request = self.removeFirst(where: mayGo) {
      if let deadline = request.request.deadline, deadline <= .now {
        request.fail(.expired)
      } else if request.buffer.demand != .abandoned {
        return request
      }
    }
    return nil
  }

  private func removeFirst(where mayGo: (LlamaRequest) -> Bool) -> LlamaRequest? {
    let heads = self.state.withLock { $0.line.heads }
    guard let next = heads.first(where: { mayGo($0.element) }) else { return nil }
    // Meanwhile it may have been cancelled; the requester's next request is as good.
    return self.state.withLock { $0.line.removeFirst(of: next.requester) }
  }

  /// Returns when something has changed since the last call, or the task is cancelled.
  func waitForNews() async {
    await self.state.waitUnlessCancelled { state in
      defer { state.hasNews = false }
      return state.hasNews
    }
  }

  /// Refuses all waiting and later requests.
  func close() {
    let waiting = self.state.withLock { state in
      state.isClosed = true
      return state.line.removeAll()
    }
    for request in waiting { request.buffer.finish(throwing: .shutDown) }
  }
}
