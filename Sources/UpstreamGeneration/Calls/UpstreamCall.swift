internal import Concurrency
internal import Generation
internal import Identifiers
internal import NIOCore

/// One generation by servers elsewhere: the attempts to get it, and its reader.
///
/// A call runs in several tasks: one waits for a reader that goes away, one asks the servers one after
/// the other, and for each that is asked one reads and one waits for its silence.
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
    let attempts = UpstreamAttempts(self, self.state, service)
    await withTaskGroup { group in
      group.addTask {
        let failure = await attempts.run()
        if let failure {
          self.buffer.finish(throwing: failure.error)
        } else {
          self.buffer.finish()
        }
        self.state.changes.update { $0.isOver = true }
      }
      await self.state.changes.waitUnlessCancelled { state in
        state.isOver || self.buffer.demand == .abandoned
      }
      group.cancelAll()
    }
  }

  /// Ends the waits for servers that have been silent for too long.
  func checkSilence(at now: ContinuousClock.Instant) {
    self.state.checkSilence(at: now)
  }
}

/// What the tasks of a call tell each other.
final class CallState: Sendable {
  struct Changes {
    /// Whether the task that asks servers has ended.
    var isOver = false
    /// The server whose text the caller gets; nil before the first token.
    var winner: Int?
    /// Whether the caller has had the whole text.
    var isFinished = false
    /// The servers that are waited for: since when, and for how long at most.
    var waits: [Int: (since: ContinuousClock.Instant, limit: Duration)] = [:]
    /// Those that have been silent for too long.
    var silent: Set<Int> = []
  }

  let changes = Monitor(Changes())

  func checkSilence(at now: ContinuousClock.Instant) {
    var isNews = false
    self.changes.update { state in
      for (server, wait) in state.waits where wait.since + wait.limit < now {
        isNews = state.silent.insert(server).inserted || isNews
      }
    } wakingIf: { _ in
      isNews
    }
  }

  /// The next bytes of a server are waited for.
  func beginWait(for server: Int, _ limit: Duration) {
    self.changes.withLock { $0.waits[server] = (.now, limit) }
  }

  func endWait(for server: Int) {
    self.changes.withLock { _ = $0.waits.removeValue(forKey: server) }
  }

  /// Makes a server the one whose text the caller gets.
  ///
  /// - Returns: false when it is another.
  func claim(_ server: Int) -> Bool {
    // Asked for each token: only the first is news.
    var isFirst = false
    return self.changes.update { state in
      isFirst = state.winner == nil
      if isFirst { state.winner = server }
      return state.winner == server
    } wakingIf: { _ in
      isFirst
    }
  }

  var winner: Int? { self.changes.withLock { $0.winner } }
  var isFinished: Bool { self.changes.withLock { $0.isFinished } }

  func isSilent(_ server: Int) -> Bool { self.changes.withLock { $0.silent.contains(server) } }

  func finish() {
    self.changes.withLock { $0.isFinished = true }
  }
}
