internal import Identifiers
internal import NIOCore
internal import NIOSSL

/// Why a TLS connection failed, in words that go on from "Cannot connect to that server: ".
struct TLSFailure: Error, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }

  /// A failure as a log tells it.
  init(_ error: any Error) {
    let reasons = Self.reasons(for: error).map(\.text).joined(separator: ", ")
    self.init(reasons.isEmpty ? "\(error)" : "TLS failed (\(reasons))")
  }

  /// Why a handshake ended without a word of the peer.
  static let end: Identifier = "EOF during handshake"

  /// The names that BoringSSL has for what went wrong, such as "CERTIFICATE_VERIFY_FAILED"; none
  /// for errors of others.
  static func reasons(for error: any Error) -> [Identifier] {
    switch error {
    case NIOSSLError.handshakeFailed(let error), NIOSSLError.shutdownFailed(let error):
      self.reasons(for: error)
    case BoringSSLError.sslError(let stack), BoringSSLError.unknownError(let stack):
      stack.map { self.reason(in: $0.description) }
    case is IOError:
      // In the middle of a handshake, a reset is how some peers end it.
      [self.end]
    default:
      []
    }
  }

  /// NIOSSL tells reasons only in a text: "Error: 268435703 error:100000f7:SSL
  /// routines:OPENSSL_internal:WRONG_VERSION_NUMBER at ssl.cc:1", or "Error:  EOF during handshake".
  private static func reason(in description: String) -> Identifier {
    let beforePlace = description.firstRange(of: " at ").map { description[..<$0.lowerBound] }
    let last = (beforePlace ?? description[...]).split(separator: ":").last ?? ""
    return Identifier(last.drop { $0 == " " })
  }
}
