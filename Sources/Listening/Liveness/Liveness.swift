internal import NIOCore

/// Decides when a connection needs a PING, and when it is dead or idle. A state machine without
/// clock and socket: it is told the time, and answers what to do.
struct Liveness {
  /// From the connection to its first whole frame; nil, for clients, waits for ever.
  private let firstFrameTimeout: TimeAmount?
  /// How long a connection may be without a call; nil is for ever.
  var idleTimeout: TimeAmount?
  private var pingInterval: TimeAmount
  private let pingTimeout: TimeAmount
  /// Whether the peer understands PING.
  private var speaksExtension = false

  private var lastBytes: NIODeadline
  /// When the last call ended; nil while there are calls.
  private var idleSince: NIODeadline?
  private(set) var hasFrame = false
  private var pingSent: NIODeadline?

  enum Verdict: Equatable {
    /// Nothing to do until then.
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

  /// The peer understands PING, and sets the minimum time between two, in milliseconds.
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

  /// What to do now. It may answer to close more than once.
  mutating func check(at now: NIODeadline) -> Verdict {
    var next = NIODeadline.distantFuture
    // Before the first frame, the first-frame timeout applies instead of the idle timeout.
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
      // The answer may come at any time, after which the next PING is due.
      next = min(next, limit, now + self.pingInterval)
    }
    return .checkAgain(next)
  }
}
