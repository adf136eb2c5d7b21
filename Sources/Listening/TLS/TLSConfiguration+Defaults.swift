internal import NIOSSL

extension TLSConfiguration {
  /// Sets what servers and clients have in common. A peer that names no protocol, or others, is taken
  /// for one that shows by its first bytes what it speaks.
  mutating func setDefaults(_ applicationProtocols: [String]) {
    self.minimumTLSVersion = .tlsv12
    self.applicationProtocols = applicationProtocols
  }
}
