/// How many calls a server takes on, and how large. What is over a limit is refused with a status that
/// names it.
public struct CallLimits: Hashable, Sendable {
  /// Calls at once on one connection. Default 1,000.
  public var callsPerConnection: Int
  /// Calls at once on all connections. Default 10,000.
  public var calls: Int
  /// One message that comes in, with what the transport sends along with it, in bytes; at most
  /// 4,194,304, the default.
  public var messageSize: Int
  /// The keys and values of one call's metadata, in bytes. Default 16,384.
  public var metadataSize: Int
  /// Bytes held for all callers: requests, messages that are not complete yet, and output that clients
  /// have not taken. Over it new calls are refused; those under way go on. Default 256 MiB.
  public var memory: Int

  /// Creates limits; those that are not given have their defaults. All are at least 1.
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
