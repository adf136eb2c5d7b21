internal import Listening
internal import RPC

/// What the settings of connections and calls may be that are counts.
private let counts = 1 ... 1_000_000

extension ConnectionLimits {
  /// Reads the settings that begin with "maxConnections".
  init(_ settings: SettingReader) throws {
    self.init(
      connections: try settings.number(.maxConnections, in: counts),
      connectionsPerAddress: try settings.number(.maxConnectionsPerAddress, in: counts)
    )
  }
}

extension CallLimits {
  /// Reads the other settings that begin with "max".
  init(_ settings: SettingReader) throws {
    self.init(
      callsPerConnection: try settings.number(.maxStreamsPerConnection, in: counts),
      calls: try settings.number(.maxCalls, in: counts),
      messageSize: try settings.size(.maxMessageSize, upTo: 4 << 20, "4MiB"),
      metadataSize: try settings.size(.maxMetadataSize, upTo: 4 << 20, "4MiB"),
      memory: try settings.size(.maxMemory, upTo: 1 << 40, "1024GiB")
    )
  }
}

extension ConnectionTimeouts {
  /// Reads the settings of the times that a server waits for its peers.
  init(_ settings: SettingReader) throws {
    self.init(
      firstRequest: try settings.time(.firstFrameTimeout),
      idle: try settings.time(.idleTimeout),
      keepaliveInterval: try settings.time(.keepaliveInterval),
      keepalive: try settings.time(.keepaliveTimeout),
      writeStall: try settings.time(.writeStallTimeout),
      minimumPingInterval: try settings.time(.minPingInterval)
    )
  }
}
