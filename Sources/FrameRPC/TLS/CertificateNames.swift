internal import NIOSSL

/// The hosts that a certificate is for: its alternative names (RFC 6125 section 6.4).
struct CertificateNames {
  let all: [String]

  init(_ certificate: NIOSSLCertificate) {
    self.all = certificate._subjectAlternativeNames()
      .filter { $0.nameType == .dnsName }
      .map { String(decoding: $0.contents, as: UTF8.self).lowercased() }
  }

  /// Whether one of the names is `host`, where a "*" stands for its first label.
  func include(_ host: String) -> Bool {
    var host = host.lowercased()
    if host.hasSuffix(".") { host.removeLast() }
    let parent = host.drop { $0 != "." }
    return self.all.contains { name in
      name == host || (name.hasPrefix("*.") && name.dropFirst() == parent)
    }
  }
}
