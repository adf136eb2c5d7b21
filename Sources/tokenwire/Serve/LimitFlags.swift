import ArgumentParser
import TokenwireServer

/// How much a server takes on, and how long it waits for its peers.
struct LimitFlags: ParsableArguments {
  @Option(help: "Connections at once. (default: 10000)")
  var maxConnections: String?

  @Option(help: "Connections at once from one address. (default: 1000)")
  var maxConnectionsPerAddress: String?

  @Option(help: "Calls at once on one connection. (default: 1000)")
  var maxStreamsPerConnection: String?

  @Option(help: "Calls at once in all. (default: 10000)")
  var maxCalls: String?

  @Option(help: "The largest message that comes in. (default: 4MiB)")
  var maxMessageSize: String?

  @Option(help: "The keys and values of a call's metadata. (default: 16KiB)")
  var maxMetadataSize: String?

  @Option(
    help: "Memory for requests, and for output that clients have not taken. (default: 256MiB)"
  )
  var maxMemory: String?

  @Option(help: "The time from a connection to its first frame. (default: 10s)")
  var firstFrameTimeout: String?

  @Option(help: "How long a connection may be without a call. (default: 30m)")
  var idleTimeout: String?

  @Option(
    help: "How long a client may be silent before it is asked whether it lives. (default: 30s)"
  )
  var keepaliveInterval: String?

  @Option(help: "How long it may take to answer that. (default: 10s)")
  var keepaliveTimeout: String?

  @Option(help: "How long a client may take none of the bytes that wait for it. (default: 30s)")
  var writeStallTimeout: String?

  @Option(help: "The least time between two PINGs of a client. (default: 1s)")
  var minPingInterval: String?

  @Option(
    help: "How long running calls may go on after the server was told to stop. (default: 30s)"
  )
  var shutdownGracePeriod: String?

  var values: [Setting: String?] {
    [
      .maxConnections: self.maxConnections,
      .maxConnectionsPerAddress: self.maxConnectionsPerAddress,
      .maxStreamsPerConnection: self.maxStreamsPerConnection,
      .maxCalls: self.maxCalls,
      .maxMessageSize: self.maxMessageSize,
      .maxMetadataSize: self.maxMetadataSize,
      .maxMemory: self.maxMemory,
      .firstFrameTimeout: self.firstFrameTimeout,
      .idleTimeout: self.idleTimeout,
      .keepaliveInterval: self.keepaliveInterval,
      .keepaliveTimeout: self.keepaliveTimeout,
      .writeStallTimeout: self.writeStallTimeout,
      .minPingInterval: self.minPingInterval,
      .shutdownGracePeriod: self.shutdownGracePeriod,
    ]
  }
}
