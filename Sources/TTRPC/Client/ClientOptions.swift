public import RPC

/// How a client treats its connection and its calls. Times are above zero.
public struct ClientOptions: Hashable, Sendable {
  /// How long it may take to open a connection. Default 10 s.
  public var connectTimeout: Duration
  public var retry: RetryPolicy
  /// How long the server may be silent before it is asked whether it lives: by a PING where it
  /// speaks the extension, by TCP keepalive elsewhere. Default 30 s.
  public var keepaliveInterval: Duration
  /// How long it may take to answer that. Default 10 s.
  public var keepalive: Duration
  /// How many bytes a stream of responses may be ahead of its reader, where the server speaks the
  /// extension. Default 262,144.
  public var window: Int
  /// What travels with each call; a call's own metadata replaces the values of a key. Default none.
  public var metadata: Metadata

  /// Creates options; those that are not given have their defaults.
  public init(
    connectTimeout: Duration = .seconds(10),
    retry: RetryPolicy = RetryPolicy(),
    keepaliveInterval: Duration = .seconds(30),
    keepalive: Duration = .seconds(10),
    window: Int = 262_144,
    metadata: Metadata = Metadata()
  ) {
    self.connectTimeout = connectTimeout
    self.retry = retry
    self.keepaliveInterval = keepaliveInterval
    self.keepalive = keepalive
    self.window = window
    self.metadata = metadata
  }
}
