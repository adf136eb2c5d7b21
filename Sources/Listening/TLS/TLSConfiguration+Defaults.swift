internal import NIOSSL

extension TLSConfiguration {
  /// Sets what servers and clients have in common. Without a common ALPN name, the first bytes
  /// decide the protocol.
  mutating func setDefaults(_ applicationProtocols: [String]) {
    self.minimumTLSVersion = .tlsv12
    self.applicationProtocols = applicationProtocols
  }
}
