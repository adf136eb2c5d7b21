package import NIOCore

/// Decides when a peer sends too many PINGs: three in a row that each come too early (WIRE.md
/// section 4).
package struct PingPolicy {
  private let minimumInterval: TimeAmount
  private var lastPing: NIODeadline?
  private var strikes = 0

  private static let maximumStrikes = 3

  /// - Parameter minimumInterval: the time between two PINGs that are not early.
  package init(minimumInterval: TimeAmount) {
    self.minimumInterval = minimumInterval
  }

  /// A PING arrived.
  ///
  /// - Returns: whether the PING may be answered.
  package mutating func receivePing(at now: NIODeadline) -> Bool {
    let isEarly = self.lastPing.map { now - $0 < self.minimumInterval } ?? false
    self.lastPing = now
    self.strikes = isEarly ? self.strikes + 1 : 0
    return self.strikes < Self.maximumStrikes
  }

  /// Something was sent that the peer may measure with a PING, as gRPC's clients do.
  package mutating func sentData() {
    self.lastPing = nil
  }
}
