internal import NIOSSL

/// One side's identity in TLS: the files of a certificate and its key.
public struct TLSIdentity: Hashable, Sendable {
  /// The path of a PEM file: the certificate, then its chain.
  public var certificate: String
  /// The path of a PEM file, which only its user and group may read.
  public var key: String

  /// Creates an identity of these two files.
  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }

  /// Reads both files.
  func read() throws(TLSError) -> (chain: [NIOSSLCertificateSource], key: NIOSSLPrivateKeySource) {
    let chain = try [NIOSSLCertificate](certificateFile: self.certificate)
    return (chain.map { .certificate($0) }, .privateKey(try self.readKey()))
  }

  /// Makes the TLS context of a configuration that has what `read` returned.
  func makeContext(_ configuration: TLSConfiguration) throws(TLSError) -> NIOSSLContext {
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch NIOSSLError.failedToLoadPrivateKey {
      throw TLSError("The key in \(self.key) is not that of the certificate in \(self.certificate)")
    } catch {
      throw TLSError("The certificate file \(self.certificate) cannot be used: \(error)")
    }
  }

  private func readKey() throws(TLSError) -> NIOSSLPrivateKey {
    let file = try TLSFile("key file", self.key)
    guard !file.isPublic else {
      throw TLSError(
        """
        The key file \(self.key) can be read by every user of this machine: run chmod 600 on it, or \
        mount it with the mode 0440
        """
      )
    }
    // NIOSSL stops the process for no bytes at all.
    if !file.bytes.isEmpty, let key = try? NIOSSLPrivateKey(bytes: file.bytes, format: .pem) {
      return key
    }
    throw TLSError("The key file \(self.key) holds no private key in PEM without a passphrase")
  }
}

extension [NIOSSLCertificate] {
  /// Reads all certificates of a PEM file.
  init(certificateFile path: String) throws(TLSError) {
    let file = try TLSFile("certificate file", path)
    // NIOSSL stops the process for no bytes at all.
    guard !file.bytes.isEmpty, let certificates = try? NIOSSLCertificate.fromPEMBytes(file.bytes)
    else {
      throw TLSError("The certificate file \(path) holds no certificates in PEM")
    }
    self = certificates
  }
}
