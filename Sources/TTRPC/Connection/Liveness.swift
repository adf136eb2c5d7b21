internal import NIOCore

/// Decides when a connection is to be asked whether it lives, and when it is dead or unused. Knows no
/// clock and no socket: it is told the time, and answers what to do.
struct Liveness {
  /// From the connection to its first whole frame; nil waits for ever, as a client does.
  private let firstFrameTimeout: TimeAmount?
  /// How long a connection may be without a call; nil is for ever.
  var idleTimeout: TimeAmount?
  private var pingInterval: TimeAmount
  private let pingTimeout: TimeAmount
  /// Whether the peer understands PING.
  private var speaksExtension = false

  private var lastBytes: NIODeadline
  /// Since when nothing has happened on any call; nil while there are calls.
  private var idleSince: NIODeadline?
  private(set) var hasFrame = false
  private var pingSent: NIODeadline?

  enum Verdict: Equatable {
    /// All is well, at least until then.
    case checkAgain(NIODeadline)
    case ping
    case close(Reason)
  }

  enum Reason: Equatable {
    case noFirstFrame
    case idle
    case silent
  }

  init(
    firstFrameTimeout: TimeAmount? = nil,
    idleTimeout: TimeAmount? = nil,
    pingInterval: TimeAmount,
    pingTimeout: TimeAmount,
    now: NIODeadline
  ) {
    self.firstFrameTimeout = firstFrameTimeout
    self.idleTimeout = idleTimeout
    self.pingInterval = pingInterval
    self.pingTimeout = pingTimeout
    self.lastBytes = now
    self.idleSince = now
  }

  mutating func receivedBytes(at now: NIODeadline) {
    self.lastBytes = now
    self.pingSent = nil
  }

  mutating func receivedFirstFrame(at now: NIODeadline) {
    self.hasFrame = true
    self.idleSince = now
  }

  /// The peer understands PING, and wants that many milliseconds between two.
  mutating func beginPings(minimumInterval: UInt32) {
    self.speaksExtension = true
    self.pingInterval = max(self.pingInterval, .milliseconds(Int64(minimumInterval)))
  }

  mutating func callsBegan() {
    self.idleSince = nil
  }

  mutating func callsEnded(at now: NIODeadline) {
    self.idleSince = now
  }

  /// What to do now. A verdict to close may be given again.
  mutating func check(at now: NIODeadline) -> Verdict {
    var next = NIODeadline.distantFuture
    // Until the first frame it is not idle but late.
    if let timeout = self.hasFrame ? self.idleTimeout : self.firstFrameTimeout {
      let limit = (self.idleSince ?? now) + timeout
      if limit <= now { return .close(self.hasFrame ? .idle : .noFirstFrame) }
      next = min(next, limit)
    }
    if self.speaksExtension {
      guard let pingSent = self.pingSent else {
        let limit = self.lastBytes + self.pingInterval
        guard limit <= now else { return .checkAgain(min(next, limit)) }
        self.pingSent = now
        return .ping
      }
      let limit = pingSent + self.pingTimeout
      if limit <= now { return .close(.silent) }
      // The answer may come at any time, and with it the next question.
      next = min(next, limit, now + self.pingInterval)
    }
    return .checkAgain(next)
  }
}
