internal import Identifiers
internal import NIOSSL

/// The hosts that a certificate is for: its alternative names (RFC 6125 section 6.4).
struct CertificateNames {
  let all: [Identifier]

  init(_ certificate: NIOSSLCertificate) {
    self.all = certificate._subjectAlternativeNames()
      .filter { $0.nameType == .dnsName }
      .map { Identifier(String(decoding: $0.contents, as: UTF8.self)).lowercasedASCII }
  }

  /// Whether one of the names is `host`, where a "*" stands for its first label.
  func include(_ host: String) -> Bool {
    let dot = UInt8(ascii: ".")
    var host = Array(Identifier(host).lowercasedASCII.utf8)
    if host.last == dot { host.removeLast() }
    let parent = host.drop { $0 != dot }
    return self.all.contains { name in
      name.utf8.elementsEqual(host)
        || (name.utf8.starts(with: "*.".utf8) && name.utf8.dropFirst().elementsEqual(parent))
    }
  }
}
