/// How much a server takes on, and how long it waits for its peers.
struct LimitSettings: SettingGroup {
  static let title = "Limits"

  let maxConnections = Setting(
    "maxConnections",
    .count(1 ... 1_000_000, of: "connections"),
    default: "10000",
    "Connections at once."
  )
  let maxConnectionsPerAddress = Setting(
    "maxConnectionsPerAddress",
    .count(1 ... 1_000_000, of: "connections"),
    default: "1000",
    "Connections at once from one address."
  )
  let maxStreamsPerConnection = Setting(
    "maxStreamsPerConnection",
    .count(1 ... 1_000_000, of: "calls"),
    default: "1000",
    "Calls at once on one connection."
  )
  let maxCalls = Setting(
    "maxCalls",
    .count(1 ... 1_000_000, of: "calls"),
    default: "10000",
    "Calls at once in all."
  )
  let maxMessageSize = Setting(
    "maxMessageSize",
    .size(1 ... 4 << 20),
    default: "4MiB",
    "The largest incoming message."
  )
  let maxMetadataSize = Setting(
    "maxMetadataSize",
    .size(1 ... 4 << 20),
    default: "16KiB",
    "The keys and values of a call's metadata."
  )
  let maxMemory = Setting(
    "maxMemory",
    .size(1 ... 1 << 40),
    default: "256MiB",
    "Memory for requests, and for output that clients have not read."
  )
  let firstFrameTimeout = Setting(
    "firstFrameTimeout",
    .time,
    default: "10s",
    "The time from a connection to its first frame."
  )
  let idleTimeout = Setting(
    "idleTimeout",
    .time,
    default: "30m",
    "How long a connection may be without a call."
  )
  let maxConnectionAge = Setting(
    "maxConnectionAge",
    .timeOrZero,
    default: .text("0s", shownAs: "0s, for ever"),
    """
    How old a connection gets, give or take a tenth. Its calls end, and clients make later ones on \
    another connection: so they find new servers.
    """
  )
  let keepaliveInterval = Setting(
    "keepaliveInterval",
    .time,
    default: "30s",
    "How long a client may be silent before it gets a PING."
  )
  let keepaliveTimeout = Setting(
    "keepaliveTimeout",
    .time,
    default: "10s",
    "How long a client may take to answer that PING."
  )
  let writeStallTimeout = Setting(
    "writeStallTimeout",
    .time,
    default: "30s",
    "How long a client may read none of the bytes that wait for it."
  )
  let minPingInterval = Setting(
    "minPingInterval",
    .time,
    default: "1s",
    "The least time between two PINGs of a client."
  )
  let shutdownGracePeriod = Setting(
    "shutdownGracePeriod",
    .timeOrZero,
    default: "30s",
    "How long running calls may continue during the shutdown."
  )
}
