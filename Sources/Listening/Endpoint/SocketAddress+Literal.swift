internal import NIOCore

extension SocketAddress {
  /// Nil for a name, which would need a lookup.
  init?(literal host: String) {
    guard let address = try? SocketAddress(ipAddress: host, port: 0) else { return nil }
    self = address
  }
}
