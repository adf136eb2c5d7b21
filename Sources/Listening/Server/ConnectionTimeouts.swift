/// How long a server waits for its peers. All are above zero.
public struct ConnectionTimeouts: Hashable, Sendable {
  /// From the connection to its first whole request. Default 10 s.
  public var firstRequest: Duration
  /// How long a connection may be without a call. Default 30 min.
  public var idle: Duration
  /// How long a peer may be silent before it is asked whether it lives: by a PING where its
  /// protocol has one, by TCP keepalive elsewhere. Default 30 s.
  public var keepaliveInterval: Duration
  /// How long it may take to answer that. Default 10 s.
  public var keepalive: Duration
  /// How long a socket may take no byte of what waits for it; over TCP no longer than
  /// `keepaliveInterval` and `keepalive` together. Default 30 s.
  public var writeStall: Duration
  /// The least time that the server wants between two PINGs of a peer. Default 1 s.
  public var minimumPingInterval: Duration

  /// Creates timeouts; those that are not given have their defaults.
  public init(
    firstRequest: Duration = .seconds(10),
    idle: Duration = .seconds(1800),
    keepaliveInterval: Duration = .seconds(30),
    keepalive: Duration = .seconds(10),
    writeStall: Duration = .seconds(30),
    minimumPingInterval: Duration = .seconds(1)
  ) {
    self.firstRequest = firstRequest
    self.idle = idle
    self.keepaliveInterval = keepaliveInterval
    self.keepalive = keepalive
    self.writeStall = writeStall
    self.minimumPingInterval = minimumPingInterval
  }
}
