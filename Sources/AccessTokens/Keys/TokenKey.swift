public import Identifiers
internal import JSON

/// A key that tokens are signed with, or only verified. Its secret is in no description.
public struct TokenKey: Sendable {
  /// Names the key in tokens (`kid`, RFC 7515 section 4.1.4).
  public let id: Identifier
  public let created: NumericDate
  /// From then on its tokens are refused, whatever they say; nil is never.
  public internal(set) var notAfter: NumericDate?
  /// Whether new tokens are signed with it; that is so for one key of a file.
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
  /// Makes a key of random bytes, as many as the algorithm's hash has.
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
