internal import Identifiers
internal import JSON

/// The header of an access token (RFC 7515 section 4). A key must confirm what it says; parameters
/// that carry keys (`jwk`, `jku`, `x5u`) are not read.
struct TokenHeader {
  /// Nil for an unknown algorithm.
  let algorithm: HMACAlgorithm?
  let keyID: Identifier?

  /// - Throws: when there is no `alg`, when there is a `crit`, or when `typ` is not "JWT"
  ///   (RFC 7519 section 5.1) or "at+jwt" (RFC 9068 section 4).
  init(json: [UInt8]) throws(JWTError) {
    var fields = Fields()
    do throws(JSONError) {
      try fields.read(json)
    } catch {
      if case .wrongType = error, let parameter = fields.current {
        throw JWTError(.invalidParameter(parameter))
      }
      throw JWTError(.notJSON(.header, error))
    }
    guard !fields.isCritical else { throw JWTError(.criticalExtension) }
    guard fields.type.map(Self.isTokenType) ?? true else { throw JWTError(.wrongType) }
    guard let algorithm = fields.algorithm else { throw JWTError(.invalidParameter(.alg)) }
    self.algorithm = HMACAlgorithm(rawValue: algorithm)
    self.keyID = fields.keyID
  }

  /// Media types are case-insensitive, and the prefix "application/" may be omitted (RFC 7515
  /// section 4.1.9).
  private static func isTokenType(_ type: Identifier) -> Bool {
    if type == "JWT" { return true }
    return ["jwt", "at+jwt", "application/jwt", "application/at+jwt"].contains(type.lowercasedASCII)
  }
}

private struct Fields {
  var algorithm: String?
  var keyID: Identifier?
  var type: Identifier?
  var isCritical = false
  /// The parameter that is being read, for the error.
  var current: JWTError.Parameter?

  mutating func read(_ json: [UInt8]) throws(JSONError) {
    var reader = JSONReader(json)
    try reader.beginObject()
    while let name = try reader.nextName() {
      self.current = JWTError.Parameter(rawValue: name.text)
      switch self.current {
      case .alg: self.algorithm = try reader.string()
      case .kid: self.keyID = try reader.identifier()
      case .typ: self.type = try reader.identifier()
      case nil:
        if name == "crit" { self.isCritical = true }
        try reader.skip()
      }
    }
    self.current = nil
    try reader.end()
  }
}
