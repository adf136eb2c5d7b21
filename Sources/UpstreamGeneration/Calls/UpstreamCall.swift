internal import Concurrency
internal import Generation
internal import Identifiers
internal import NIOCore

/// One generation by servers elsewhere: the attempts to get it, and its reader.
///
/// A call runs in two tasks: one waits for a reader that goes away and for servers that are silent,
/// the other asks the servers, and is cancelled by the first.
final class UpstreamCall: Sendable {
  let request: GenerationRequest
  /// What the first server is sent, and what was known of the servers when it was written.
  let first: (request: UpstreamRequest, quirks: UpstreamQuirks)
  /// Where it runs.
  let eventLoop: any EventLoop
  let buffer: EventBuffer
  let arrival = ContinuousClock.now
  private let state: CallState

  private static let capacity = 64

  init(
    _ request: GenerationRequest,
    _ first: (request: UpstreamRequest, quirks: UpstreamQuirks),
    on eventLoop: any EventLoop
  ) {
    let state = CallState()
    self.request = request
    self.first = first
    self.eventLoop = eventLoop
    self.state = state
    self.buffer = EventBuffer(capacity: Self.capacity) { state.changes.update { _ in } }
  }

  /// Gets the text, and ends the stream of its events.
  func run(_ service: UpstreamService) async {
    var excluded: Set<Int> = []
    var failure: UpstreamFailure?
    repeat {
      failure = await self.attempt(service, &excluded, after: failure)
    } while failure != nil && self.state.beginAgain()
    if let failure { self.buffer.finish(throwing: failure.error) } else { self.buffer.finish() }
  }

  /// Ends the wait for a server that has been silent for too long.
  func checkSilence(at now: ContinuousClock.Instant) {
    self.state.checkSilence(at: now)
  }

  /// Asks servers until one has given the text, none is left, or the one that was asked is silent.
  private func attempt(
    _ service: UpstreamService,
    _ excluded: inout Set<Int>,
    after failure: UpstreamFailure?
  ) async -> UpstreamFailure? {
    let attempts = UpstreamAttempts(self, self.state, service, excluded: excluded, failure)
    await withTaskGroup { group in
      group.addTask {
        await attempts.run()
        self.state.changes.update { $0.isOver = true }
      }
      await self.state.changes.waitUnlessCancelled { state in
        state.isOver || state.isSilent || self.buffer.demand == .abandoned
      }
      group.cancelAll()
    }
    excluded = attempts.excluded
    return attempts.failure
  }
}

/// What the tasks of a call tell each other.
final class CallState: Sendable {
  struct Changes {
    /// Whether the task that asks servers has ended.
    var isOver = false
    /// Whether the servers that are asked have been silent for too long.
    var isSilent = false
    /// The server whose text the caller gets; nil before the first token.
    var winner: Int?
    /// Whether the caller has had the whole text.
    var isFinished = false
    /// Since when a server is waited for, and for how long; nil while its answer is read.
    var wait: (since: ContinuousClock.Instant, limit: Duration)?
  }

  let changes = Monitor(Changes())

  /// - Returns: whether other servers may be asked: the last one was silent before its first token.
  func beginAgain() -> Bool {
    self.changes.withLock { state in
      guard state.isSilent, state.winner == nil else { return false }
      state.isOver = false
      state.isSilent = false
      state.wait = nil
      return true
    }
  }

  func checkSilence(at now: ContinuousClock.Instant) {
    self.changes.update { state in
      guard let wait = state.wait, wait.since + wait.limit < now else { return }
      state.isSilent = true
    } wakingIf: {
      $0.isSilent
    }
  }

  /// The next bytes of an answer are waited for.
  func beginWait(_ limit: Duration) {
    self.changes.withLock { $0.wait = (.now, limit) }
  }

  func endWait() {
    self.changes.withLock { $0.wait = nil }
  }

  /// Makes a server the one whose text the caller gets.
  ///
  /// - Returns: false when it is another.
  func claim(_ server: Int) -> Bool {
    self.changes.update { state in
      if state.winner == nil { state.winner = server }
      return state.winner == server
    }
  }

  var hasWinner: Bool { self.changes.withLock { $0.winner != nil } }
  var isSilent: Bool { self.changes.withLock { $0.isSilent } }
  var isFinished: Bool { self.changes.withLock { $0.isFinished } }

  func finish() {
    self.changes.withLock { $0.isFinished = true }
  }
}
