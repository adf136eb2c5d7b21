import Synchronization

/// What the loop of a scripted generator is told from outside.
final class Inbox: Sendable {
  struct News {
    var sequences: [ScriptedSequence] = []
    /// The ids of sequences whose readers have changed their minds.
    var changed: [Int] = []

    var isEmpty: Bool { self.sequences.isEmpty && self.changed.isEmpty }
  }

  private struct State {
    var news = News()
    var nextID = 0
    var activeSequences = 0
    var isClosed = false
    var loop: CheckedContinuation<Void, Never>?
    var idleWaiters: [CheckedContinuation<Void, Never>] = []

    mutating func takeIdleWaiters() -> [CheckedContinuation<Void, Never>] {
      guard self.activeSequences == 0 else { return [] }
      defer { self.idleWaiters = [] }
      return self.idleWaiters
    }
  }

  private let state = Mutex(State())

  var activeSequences: Int { self.state.withLock { $0.activeSequences } }

  /// Adds the sequence that `make` makes of its id and a callback for its reader's changes.
  func add(
    _ make: (_ id: Int, _ onReaderChange: @escaping @Sendable () -> Void) -> ScriptedSequence
  ) throws(GenerationError) -> GenerationEvents {
    let id = self.state.withLock { state in
      defer { state.nextID += 1 }
      return state.nextID
    }
    let sequence = make(id) { self.update { $0.news.changed.append(id) } }
    let isOpen = self.update { state in
      if state.isClosed { return }
      state.news.sequences.append(sequence)
      state.activeSequences += 1
    }
    guard isOpen else { throw .shutDown }
    return sequence.buffer.events()
  }

  /// - Returns: whether the inbox is open.
  @discardableResult
  private func update(_ body: (inout State) -> Void) -> Bool {
    let (loop, isOpen) = self.state.withLock { state in
      body(&state)
      return (state.loop.take(), !state.isClosed)
    }
    loop?.resume()
    return isOpen
  }

  func take() -> News {
    self.state.withLock { state in
      defer { state.news = News() }
      return state.news
    }
  }

  /// Returns when there is something to take, or the task is cancelled.
  func waitForNews() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let hasNews = self.state.withLock { state in
          if !state.news.isEmpty || Task.isCancelled { return true }
          state.loop = continuation
          return false
        }
        if hasNews { continuation.resume() }
      }
    } onCancel: {
      self.update { _ in }
    }
  }

  func didEndSequence() {
    let waiters = self.state.withLock { state in
      state.activeSequences -= 1
      return state.takeIdleWaiters()
    }
    for waiter in waiters { waiter.resume() }
  }

  func waitUntilIdle() async {
    await withCheckedContinuation { continuation in
      let waiters = self.state.withLock { state in
        state.idleWaiters.append(continuation)
        return state.takeIdleWaiters()
      }
      for waiter in waiters { waiter.resume() }
    }
  }

  /// Ends all sequences, and refuses those that come later.
  func close(_ buffers: [EventBuffer]) {
    let (waiting, waiters) = self.state.withLock { state in
      state.isClosed = true
      state.activeSequences = 0
      defer { state.news = News() }
      return (state.news.sequences.map(\.buffer), state.takeIdleWaiters())
    }
    for buffer in buffers + waiting { buffer.finish(throwing: GenerationError.shutDown) }
    for waiter in waiters { waiter.resume() }
  }
}
