public import RPC

/// The options of a client. Times are above zero.
public struct ClientOptions: Hashable, Sendable {
  /// How long opening a connection may take. Default 10 s.
  public var connectTimeout: Duration
  /// When calls are retried.
  public var retry: RetryPolicy
  /// How long the server may be silent before it gets a PING, or TCP keepalive if it does not speak
  /// the extension. Default 30 s.
  public var keepaliveInterval: Duration
  /// How long the server may take to answer that. Default 10 s.
  public var keepalive: Duration
  /// How many bytes a stream of responses may be ahead of its reader, if the server speaks the
  /// extension. Default 262,144.
  public var window: Int
  /// Metadata for every call; a call's own metadata replaces the values of a key. Default none.
  public var metadata: Metadata

  /// Creates options.
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
