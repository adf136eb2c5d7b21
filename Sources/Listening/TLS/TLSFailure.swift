internal import Identifiers
internal import NIOCore
internal import NIOSSL

/// Why a TLS connection failed, worded to follow "Cannot connect to that server: ".
struct TLSFailure: Error, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }

  /// A failure, in words for a log.
  init(_ error: any Error) {
    let reasons = Self.reasons(for: error).map(\.text).joined(separator: ", ")
    self.init(reasons.isEmpty ? "\(error)" : "TLS failed (\(reasons))")
  }

  /// The reason when the peer closed the connection during the handshake.
  static let end: Identifier = "EOF during handshake"

  /// BoringSSL's names for what went wrong, such as "CERTIFICATE_VERIFY_FAILED"; empty for other
  /// errors.
  static func reasons(for error: any Error) -> [Identifier] {
    switch error {
    case NIOSSLError.handshakeFailed(let error), NIOSSLError.shutdownFailed(let error):
      self.reasons(for: error)
    case BoringSSLError.sslError(let stack), BoringSSLError.unknownError(let stack):
      stack.map { self.reason(in: $0.description) }
    case is IOError:
      // Some peers end a handshake with a reset.
      [self.end]
    default:
      []
    }
  }

  /// NIOSSL has the reason only in a text: "Error: 268435703 error:100000f7:SSL
  /// routines:OPENSSL_internal:WRONG_VERSION_NUMBER at ssl.cc:1", or "Error: EOF during handshake".
  private static func reason(in description: String) -> Identifier {
    let beforePlace = description.firstRange(of: " at ").map { description[..<$0.lowerBound] }
    let last = (beforePlace ?? description[...]).split(separator: ":").last ?? ""
    return Identifier(last.drop { $0 == " " })
  }
}
