internal import NIOSSL

/// The authorities of servers' certificates.
public enum CertificateAuthorities {
  /// Whether a file has some, as PEM.
  public static func areIn(_ file: String) -> Bool {
    guard let certificates = try? NIOSSLCertificate.fromPEMFile(file) else { return false }
    return !certificates.isEmpty
  }
}
