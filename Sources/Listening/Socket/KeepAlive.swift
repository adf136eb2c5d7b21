package import NIOCore

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Socket options by which the kernel notices that a peer is gone (tcp(7)): for peers that do not
/// speak a protocol with a PING, and for bytes that a peer never acknowledges.
package struct KeepAlive {
  /// How long a peer is silent before it is asked.
  private let interval: Duration
  /// How long it may take to answer.
  private let timeout: Duration
  /// How long bytes may wait for their acknowledgement, or for room at the peer.
  private let writeStall: Duration

  package init(interval: Duration, timeout: Duration, writeStall: Duration) {
    self.interval = interval
    self.timeout = timeout
    self.writeStall = writeStall
  }

  /// How often a silent peer is asked within the timeout.
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
    // Where this is set, the kernel goes by it and not by the number of unanswered probes: were it
    // the longer time, it would be that of a silent peer, too.
    let userTimeout = min(self.writeStall, self.interval + self.timeout)
    try set(.tcp, TCP_USER_TIMEOUT, Int(min(userTimeout.wholeMilliseconds, UInt32(CInt.max))))
  }
}

extension Duration {
  /// As many as a field of the wire holds, at most.
  package var wholeMilliseconds: UInt32 {
    UInt32(clamping: TimeAmount(self).nanoseconds / 1_000_000)
  }

  /// Rounded up; at least 1, and at most what the kernel takes.
  fileprivate var wholeSeconds: Int {
    Int(min(max(1, (self / .seconds(1)).rounded(.up)), 32_767))
  }
}
