/// How many calls a server accepts, and how large. When a limit is reached, calls get a status that
/// names it.
public struct CallLimits: Hashable, Sendable {
  /// Concurrent calls on one connection. Default 1,000.
  public var callsPerConnection: Int
  /// Concurrent calls on all connections. Default 10,000.
  public var calls: Int
  /// The size of one incoming message with the transport's envelope, in bytes; at most 4,194,304,
  /// the default.
  public var messageSize: Int
  /// The size of one call's metadata, in bytes. Default 16,384.
  public var metadataSize: Int
  /// The bytes held for all callers: requests, incomplete messages, and output that clients have
  /// not read. When it is reached, new calls are refused and running ones continue. Default 256
  /// MiB.
  public var memory: Int

  /// Creates limits, each at least 1.
  public init(
    callsPerConnection: Int = 1_000,
    calls: Int = 10_000,
    messageSize: Int = 4_194_304,
    metadataSize: Int = 16_384,
    memory: Int = 256 << 20
  ) {
    self.callsPerConnection = callsPerConnection
    self.calls = calls
    self.messageSize = messageSize
    self.metadataSize = metadataSize
    self.memory = memory
  }
}
