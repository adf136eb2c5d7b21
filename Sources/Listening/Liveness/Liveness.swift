package import NIOCore

/// Decides when a connection needs a PING, and when it is dead or idle. A state machine without
/// clock and socket: it is told the time, and answers what to do.
package struct Liveness {
  /// From the connection to its first whole frame; nil, for clients, waits for ever.
  private let firstFrameTimeout: TimeAmount?
  /// How long a connection may be without a call; nil is for ever.
  package var idleTimeout: TimeAmount?
  private var pingInterval: TimeAmount
  private let pingTimeout: TimeAmount
  /// Whether the peer understands PING.
  private var speaksExtension = false

  private var lastBytes: NIODeadline
  /// When the last call ended; nil while there are calls.
  private var idleSince: NIODeadline?
  package private(set) var hasFrame = false
  private var pingSent: NIODeadline?

  package enum Verdict: Equatable {
    /// Nothing to do until then.
    case checkAgain(NIODeadline)
    case ping
    case close(Reason)
  }

  package enum Reason: Equatable {
    case noFirstFrame
    case idle
    case silent
  }

  /// - Parameter firstFrameTimeout: nil, for clients, waits for ever.
  package init(
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

  /// Bytes arrived, so the peer is alive.
  package mutating func receivedBytes(at now: NIODeadline) {
    self.lastBytes = now
    self.pingSent = nil
  }

  /// Other timeouts apply from now on.
  package mutating func receivedFirstFrame(at now: NIODeadline) {
    self.hasFrame = true
    self.idleSince = now
  }

  /// The peer understands PING, and sets the minimum time between two, in milliseconds.
  package mutating func beginPings(minimumInterval: UInt32) {
    self.speaksExtension = true
    self.pingInterval = max(self.pingInterval, .milliseconds(Int64(minimumInterval)))
  }

  /// The connection has calls.
  package mutating func callsBegan() {
    self.idleSince = nil
  }

  /// The connection has no calls any more.
  package mutating func callsEnded(at now: NIODeadline) {
    self.idleSince = now
  }

  /// What to do now. It may answer to close more than once.
  package mutating func check(at now: NIODeadline) -> Verdict {
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

extension Liveness {
  /// The liveness of a server's connection.
  package init(_ timeouts: ConnectionTimeouts, now: NIODeadline) {
    self.init(
      firstFrameTimeout: TimeAmount(timeouts.firstRequest),
      idleTimeout: TimeAmount(timeouts.idle),
      pingInterval: TimeAmount(timeouts.keepaliveInterval),
      pingTimeout: TimeAmount(timeouts.keepalive),
      now: now
    )
  }
}
