/// The signing algorithms: HMAC with a SHA-2 (RFC 7518 section 3.2).
public enum HMACAlgorithm: String, CaseIterable, Hashable, Sendable {
  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"

  /// The size of a signature, and the least size of a key, in bytes.
  public var size: Int {
    switch self {
    case .hs256: 32
    case .hs384: 48
    case .hs512: 64
    }
  }

  /// OpenSSL's name of the hash function.
  var digest: String {
    switch self {
    case .hs256: "SHA256"
    case .hs384: "SHA384"
    case .hs512: "SHA512"
    }
  }
}
