internal import Identifiers
internal import NIOSSL

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

extension TLSFailure {
  /// A failure, in words for a client's user.
  ///
  /// - Parameters:
  ///   - name: the name that the server's certificate must have.
  ///   - certificate: the server's certificate, if it sent one.
  init(
    of name: String,
    _ error: any Error,
    _ certificate: NIOSSLCertificate?,
    _ trust: ClientTLS.Trust
  ) {
    if error as? NIOSSLExtraError == .failedToValidateHostname {
      self.init(Self.wrongName(certificate, name))
      return
    }
    let explanations = Self.reasons(for: error).compactMap { reason in
      reason == "CERTIFICATE_VERIFY_FAILED"
        ? Self.notTrusted(certificate, trust) : Self.explanations[reason]
    }
    if let explanation = explanations.first {
      self.init(explanation)
    } else {
      self.init(error)
    }
  }

  private static func wrongName(_ certificate: NIOSSLCertificate?, _ name: String) -> String {
    let names = certificate.map { CertificateNames($0).all } ?? []
    let owner = names.isEmpty ? "no host name" : names.map(\.text).joined(separator: ", ")
    return """
      the server's certificate is for \(owner), and not for \(name): give a name that it is for as \
      the server name
      """
  }

  private static func notTrusted(
    _ certificate: NIOSSLCertificate?,
    _ trust: ClientTLS.Trust
  ) -> String {
    if let certificate, certificate.notValidAfter < time(nil) {
      return "the server's certificate has expired: whoever runs the server must renew it"
    }
    if let certificate, certificate.notValidBefore > time(nil) {
      return "the server's certificate is not valid yet: compare the clocks of both machines"
    }
    let trusted =
      switch trust {
      case .system: "that this machine trusts"
      case .authorities(let path): "in \(path)"
      }
    return """
      the server's certificate is not trusted, because no authority \(trusted) has signed it: give \
      the file of the authority that has
      """
  }

  private static let withoutTLS = """
    the server ended the TLS handshake, as one without TLS does: connect without TLS if it has none
    """
  private static let oldTLS = "the server does not speak TLS 1.2 or 1.3: update it"
  private static let refusedClient = """
    the server does not accept this client's certificate: give one by an authority that it trusts
    """

  /// By BoringSSL's reasons; those with "ALERT" came from the peer.
  private static let explanations: [Identifier: String] = [
    end: withoutTLS,
    "WRONG_VERSION_NUMBER": withoutTLS,
    "UNSUPPORTED_PROTOCOL": oldTLS,
    "TLSV1_ALERT_PROTOCOL_VERSION": oldTLS,
    "TLSV1_ALERT_CERTIFICATE_REQUIRED": "the server requires a certificate of clients: give one",
    "SSLV3_ALERT_HANDSHAKE_FAILURE":
      "the server refuses the TLS handshake: it may require a certificate of clients",
    "TLSV1_ALERT_UNKNOWN_CA": refusedClient,
    "SSLV3_ALERT_BAD_CERTIFICATE": refusedClient,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": refusedClient,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": refusedClient,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": refusedClient,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": refusedClient,
  ]
}
