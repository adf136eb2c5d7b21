package import Listening

extension ConnectionTimeouts {
  /// For tests of other things, which a machine that is busy may not come to for a while.
  package static let patient = ConnectionTimeouts(
    firstRequest: .seconds(3600),
    keepaliveInterval: .seconds(3600),
    keepalive: .seconds(3600),
    writeStall: .seconds(3600)
  )
}

extension Endpoint {
  /// A port of this machine that is free.
  package static let anyPort = Endpoint(host: "127.0.0.1", port: 0)
}
