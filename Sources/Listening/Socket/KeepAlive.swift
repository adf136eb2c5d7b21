package import NIOCore

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Socket options that make the kernel notice a dead peer (tcp(7)): for protocols without a PING,
/// and for bytes that are never acknowledged.
package struct KeepAlive {
  /// How long a peer may be silent before the first probe.
  private let interval: Duration
  /// How long the peer may take to answer.
  private let timeout: Duration
  /// How long bytes may wait to be acknowledged, or for room at the peer.
  private let writeStall: Duration

  /// Creates the options from a connection's timeouts.
  package init(interval: Duration, timeout: Duration, writeStall: Duration) {
    self.interval = interval
    self.timeout = timeout
    self.writeStall = writeStall
  }

  /// How many probes are sent within the timeout.
  private static let probes = 3

  /// Sets the options of a TCP socket; other sockets need none.
  package func apply(to channel: any Channel) throws {
    guard let options = channel.syncOptions, channel.remoteAddress?.port != nil else { return }
    func set(_ level: NIOBSDSocket.OptionLevel, _ name: CInt, _ value: Int) throws {
      try options.setOption(
        ChannelOptions.Types.SocketOption(level: level, name: .init(rawValue: name)),
        value: value
      )
    }
    try set(.tcp, TCP_NODELAY, 1)
    try set(.socket, SO_KEEPALIVE, 1)
    try set(.tcp, TCP_KEEPIDLE, self.interval.wholeSeconds)
    try set(.tcp, TCP_KEEPINTVL, (self.timeout / Self.probes).wholeSeconds)
    try set(.tcp, TCP_KEEPCNT, Self.probes)
    // When this is set, the kernel ignores the number of unanswered probes, so it must not be
    // longer than the keepalive times.
    let userTimeout = min(self.writeStall, self.interval + self.timeout)
    try set(.tcp, TCP_USER_TIMEOUT, Int(min(userTimeout.wholeMilliseconds, UInt32(CInt.max))))
  }
}

extension Duration {
  /// In milliseconds, clamped to a field of the wire.
  package var wholeMilliseconds: UInt32 {
    UInt32(clamping: TimeAmount(self).nanoseconds / 1_000_000)
  }

  /// In seconds, rounded up; at least 1, at most what the kernel accepts.
  fileprivate var wholeSeconds: Int {
    Int(min(max(1, (self / .seconds(1)).rounded(.up)), 32_767))
  }
}
