import ArgumentParser
import Listening
import TTRPC

/// How a client secures its connection; each of the flags asks for TLS.
struct TLSFlags: ParsableArguments {
  @Flag(help: "Connect with TLS; the options below imply it.")
  var tls = false

  @Option(
    help: "The authorities to trust, a PEM file. (default: this machine's)",
    completion: .file()
  )
  var tlsCa: String?

  @Option(
    help: "This client's certificate, a PEM file, for a server that requires one.",
    completion: .file()
  )
  var tlsCertificate: String?

  @Option(help: "The private key of the certificate, a PEM file.", completion: .file())
  var tlsKey: String?

  @Option(help: "The name that the server's certificate is for. (default: the host to connect to)")
  var tlsServerName: String?

  func validate() throws {
    if (self.tlsCertificate == nil) != (self.tlsKey == nil) {
      throw ValidationError("--tls-certificate and --tls-key belong together: give both or neither")
    }
  }

  /// Nil when no flag asks for TLS.
  func clientTLS() throws(TLSError) -> ClientTLS? {
    var identity: TLSIdentity?
    if let certificate = self.tlsCertificate, let key = self.tlsKey {
      identity = TLSIdentity(certificate: certificate, key: key)
    }
    guard self.tls || self.tlsCa != nil || identity != nil || self.tlsServerName != nil else {
      return nil
    }
    return try ClientTLS(ca: self.tlsCa, identity: identity, serverName: self.tlsServerName)
  }
}
