/// How long a server waits for its peers. All are above zero.
public struct ConnectionTimeouts: Hashable, Sendable {
  /// From accepting a connection to its first whole request. Default 10 s.
  public var firstRequest: Duration
  /// How long a connection may be without a call. Default 30 min.
  public var idle: Duration
  /// How long a peer may be silent before it gets a PING, or TCP keepalive where its protocol has
  /// none. Default 30 s.
  public var keepaliveInterval: Duration
  /// How long the peer may take to answer that. Default 10 s.
  public var keepalive: Duration
  /// How long a socket may accept none of the waiting bytes; over TCP at most `keepaliveInterval`
  /// and `keepalive` together. Default 30 s.
  public var writeStall: Duration
  /// The minimum time between two PINGs of a peer. Default 1 s.
  public var minimumPingInterval: Duration
  /// How old a connection gets, give or take a tenth: its calls end, new ones go to another one.
  /// Default nil: as old as its client likes.
  public var maximumAge: Duration?

  /// Creates timeouts.
  public init(
    firstRequest: Duration = .seconds(10),
    idle: Duration = .seconds(1800),
    keepaliveInterval: Duration = .seconds(30),
    keepalive: Duration = .seconds(10),
    writeStall: Duration = .seconds(30),
    minimumPingInterval: Duration = .seconds(1),
    maximumAge: Duration? = nil
  ) {
    self.firstRequest = firstRequest
    self.idle = idle
    self.keepaliveInterval = keepaliveInterval
    self.keepalive = keepalive
    self.writeStall = writeStall
    self.minimumPingInterval = minimumPingInterval
    self.maximumAge = maximumAge
  }
}
