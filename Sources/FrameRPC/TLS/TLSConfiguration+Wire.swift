internal import NIOSSL

extension TLSConfiguration {
  /// Sets what servers and clients have in common. WIRE.md section 4 names the protocols; a peer
  /// that names none, or others, is taken for one that speaks ttrpc.
  mutating func setWireDefaults() {
    self.minimumTLSVersion = .tlsv12
    self.applicationProtocols = ["tokenwire/1", "ttrpc/1.2"]
  }
}
