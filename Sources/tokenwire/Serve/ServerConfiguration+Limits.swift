import Listening
import RPC

extension ConnectionLimits {
  init(_ settings: SettingReader) throws(ConfigurationError) {
    let limits = Settings.limits
    self.init(
      connections: try limits.maxConnections.read(from: settings),
      connectionsPerAddress: try limits.maxConnectionsPerAddress.read(from: settings)
    )
  }
}

extension CallLimits {
  init(_ settings: SettingReader) throws(ConfigurationError) {
    let limits = Settings.limits
    self.init(
      callsPerConnection: try limits.maxStreamsPerConnection.read(from: settings),
      calls: try limits.maxCalls.read(from: settings),
      messageSize: try limits.maxMessageSize.read(from: settings),
      metadataSize: try limits.maxMetadataSize.read(from: settings),
      memory: try limits.maxMemory.read(from: settings)
    )
  }
}

extension ConnectionTimeouts {
  init(_ settings: SettingReader) throws(ConfigurationError) {
    let limits = Settings.limits
    let age = try limits.maxConnectionAge.read(from: settings)
    self.init(
      firstRequest: try limits.firstFrameTimeout.read(from: settings),
      idle: try limits.idleTimeout.read(from: settings),
      keepaliveInterval: try limits.keepaliveInterval.read(from: settings),
      keepalive: try limits.keepaliveTimeout.read(from: settings),
      writeStall: try limits.writeStallTimeout.read(from: settings),
      minimumPingInterval: try limits.minPingInterval.read(from: settings),
      maximumAge: age > .zero ? age : nil
    )
  }
}
