/// How many connections a server accepts. What is over a limit is refused with a status that names it.
public struct ConnectionLimits: Hashable, Sendable {
  /// Connections at once. Default 10,000.
  public var connections: Int
  /// Connections at once from one address; peers on a Unix domain socket have none. Default 1,000.
  public var connectionsPerAddress: Int

  /// Creates limits; those that are not given have their defaults. All are at least 1.
  public init(connections: Int = 10_000, connectionsPerAddress: Int = 1_000) {
    self.connections = connections
    self.connectionsPerAddress = connectionsPerAddress
  }
}
