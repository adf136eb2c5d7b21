/// How many connections a server accepts. When a limit is reached, further ones get a status that
/// names it.
public struct ConnectionLimits: Hashable, Sendable {
  /// Open connections. Default 10,000.
  public var connections: Int
  /// Open connections from one address; peers on a Unix domain socket have none. Default 1,000.
  public var connectionsPerAddress: Int

  /// Creates limits, each at least 1.
  public init(connections: Int = 10_000, connectionsPerAddress: Int = 1_000) {
    self.connections = connections
    self.connectionsPerAddress = connectionsPerAddress
  }
}
