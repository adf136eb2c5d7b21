internal import Identifiers
internal import JSON

/// The claims in an access token's payload (RFC 7519 section 4.1), before any check.
struct Claims {
  private(set) var userID: Identifier?
  private(set) var subject: Identifier?
  private(set) var expiresAt: NumericDate?
  private(set) var notBefore: NumericDate?
  private(set) var issuedAt: NumericDate?
  private(set) var jti: Identifier?
  private(set) var issuer: Identifier?
  private(set) var audiences: [Identifier]?
  private(set) var scopes: Scopes?

  /// - Throws: when the bytes are not a JSON object, or a known claim has a value of the wrong
  ///   type, such as null.
  init(json: [UInt8]) throws(JWTError) {
    var current: JWTError.Claim?
    do throws(JSONError) {
      try self.read(json, &current)
    } catch {
      if case .wrongType = error, let current { throw JWTError(.invalidClaim(current)) }
      throw JWTError(.notJSON(.payload, error))
    }
    for (date, claim) in [(self.expiresAt, JWTError.Claim.exp), (self.notBefore, .nbf)] {
      try Self.check(date, claim)
    }
    try Self.check(self.issuedAt, .iat)
  }

  /// The user, from `user_id` or `sub`.
  func user() throws(JWTError) -> Identifier {
    if let userID, let subject, userID != subject { throw JWTError(.twoUsers) }
    guard let user = self.userID ?? self.subject else { throw JWTError(.missingClaim(.userID)) }
    guard !user.isEmpty else {
      throw JWTError(.invalidClaim(self.userID == nil ? .sub : .userID))
    }
    return user
  }

  /// - Parameter current: the claim that is being read, for the error.
  private mutating func read(
    _ json: [UInt8],
    _ current: inout JWTError.Claim?
  ) throws(JSONError) {
    var reader = JSONReader(json)
    try reader.beginObject()
    while let name = try reader.nextName() {
      current = JWTError.Claim(named: name)
      switch current {
      case .userID: self.userID = try reader.identifier()
      case .sub: self.subject = try reader.identifier()
      case .exp: self.expiresAt = try reader.date()
      case .nbf: self.notBefore = try reader.date()
      case .iat: self.issuedAt = try reader.date()
      case .jti: self.jti = try reader.identifier()
      case .iss: self.issuer = try reader.identifier()
      case .aud: self.audiences = try reader.identifiers()
      case .scope: self.scopes = try reader.scopes()
      case nil: try reader.skip()
      }
    }
    current = nil
    try reader.end()
  }

  private static func check(
    _ date: NumericDate?,
    _ claim: JWTError.Claim
  ) throws(JWTError) {
    guard date.map(NumericDate.range.contains) ?? true else { throw JWTError(.invalidClaim(claim)) }
  }
}

extension JWTError.Claim {
  private static let names: [(name: JSONName, claim: Self)] = [
    ("user_id", .userID), ("sub", .sub), ("exp", .exp), ("nbf", .nbf), ("iat", .iat),
    ("jti", .jti), ("iss", .iss), ("aud", .aud), ("scope", .scope),
  ]

  fileprivate init?(named name: JSONName) {
    guard let claim = Self.names.first(where: { $0.name == name })?.claim else { return nil }
    self = claim
  }
}

extension JSONReader {
  fileprivate mutating func date() throws(JSONError) -> NumericDate {
    NumericDate(secondsSinceEpoch: try self.number())
  }

  /// A string of names, or an array of them.
  fileprivate mutating func scopes() throws(JSONError) -> Scopes {
    guard try self.isArrayNext() else { return Scopes(knownIn: try self.string()) }
    var scopes: Scopes = []
    try self.beginArray()
    while try self.nextElement() { scopes.formUnion(Scopes(knownIn: try self.string())) }
    return scopes
  }

  /// A string, or an array of strings.
  fileprivate mutating func identifiers() throws(JSONError) -> [Identifier] {
    guard try self.isArrayNext() else { return [try self.identifier()] }
    var identifiers: [Identifier] = []
    try self.beginArray()
    while try self.nextElement() { identifiers.append(try self.identifier()) }
    return identifiers
  }
}
