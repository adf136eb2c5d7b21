public import Identifiers
internal import JSON

/// A key that signs access tokens, or only verifies them. No description contains its secret.
public struct TokenKey: Sendable {
  /// The key's name in tokens (`kid`, RFC 7515 section 4.1.4).
  public let id: Identifier
  /// When the key was made.
  public let created: NumericDate
  /// When all its tokens are refused from; nil is never.
  public internal(set) var notAfter: NumericDate?
  /// Whether it signs new tokens; true for exactly one key of a file.
  public internal(set) var isSigning: Bool
  let secret: HMACKey
  /// The header of the tokens that are issued with it, in base64url.
  let header: [UInt8]

  /// The only algorithm that the key is used with (RFC 8725 section 3.1).
  public var algorithm: HMACAlgorithm { self.secret.algorithm }

  init(
    id: Identifier,
    created: NumericDate,
    notAfter: NumericDate?,
    isSigning: Bool,
    secret: HMACKey
  ) {
    self.id = id
    self.created = created
    self.notAfter = notAfter
    self.isSigning = isSigning
    self.secret = secret
    var header = JSONWriter()
    header.member("alg", secret.algorithm.rawValue)
    header.member("typ", "JWT")
    header.member("kid", id.text)
    header.end()
    self.header = Array(Base64URL.encode(header.bytes).utf8)
  }

  func isUsable(at now: NumericDate) -> Bool {
    self.notAfter.map { now < $0 } ?? true
  }
}

extension TokenKey {
  /// Makes a random key, as long as the algorithm's hash.
  static func random(
    _ algorithm: HMACAlgorithm,
    created: NumericDate,
    notAfter: NumericDate?
  ) throws(KeyError) -> TokenKey {
    var secret = Random.bytes(algorithm.size)
    defer { secret.cleanse() }
    return TokenKey(
      id: Identifier(Random.identifier()),
      created: created,
      notAfter: notAfter,
      isSigning: true,
      secret: try HMACKey(algorithm, secret: secret.span)
    )
  }
}
