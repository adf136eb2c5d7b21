internal import NIOCore

/// Decides when a peer sends too many PINGs: three in a row that each come too early (WIRE.md
/// section 4).
struct PingPolicy {
  private let minimumInterval: TimeAmount
  private var lastPing: NIODeadline?
  private var strikes = 0

  private static let maximumStrikes = 3

  init(minimumInterval: TimeAmount) {
    self.minimumInterval = minimumInterval
  }

  /// - Returns: whether the PING may be answered.
  mutating func receivePing(at now: NIODeadline) -> Bool {
    let isEarly = self.lastPing.map { now - $0 < self.minimumInterval } ?? false
    self.lastPing = now
    self.strikes = isEarly ? self.strikes + 1 : 0
    return self.strikes < Self.maximumStrikes
  }
}
