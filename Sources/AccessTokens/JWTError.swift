public import JSON

/// Why an access token was refused, or could not be issued.
///
/// It is for the log, and contains nothing of the token. Callers are told only whether the token is
/// missing, expired or invalid.
public struct JWTError: Error, Hashable, CustomStringConvertible {
  /// What is wrong with the token.
  public enum Reason: Hashable, Sendable {
    /// There is no token.
    case missing
    /// It has more than 8192 bytes.
    case tooLarge
    /// White space, a line end or a byte-order mark is around it: it was read from a file
    /// unchanged.
    case notTrimmed
    /// It is not three parts with dots between them (RFC 7515 section 3.1).
    case notCompact
    /// A part is not base64url (RFC 7515 section 2).
    case notBase64URL(Part)
    /// A part is not a JSON object (RFC 8259), or one that can be read in two ways.
    case notJSON(Part, JSONError)
    /// A parameter of the header has a value of the wrong type, or is required and missing.
    case invalidParameter(Parameter)
    /// The header has `crit`, and no extension is supported (RFC 7515 section 4.1.11).
    case criticalExtension
    /// `typ` is not that of an access token (RFC 8725 section 3.11).
    case wrongType
    /// `alg` is not the algorithm of the key (RFC 8725 section 3.1).
    case wrongAlgorithm
    /// `kid` names no key.
    case unknownKey
    /// The key is past its `not_after`.
    case keyExpired
    /// The signature does not match the key.
    case wrongSignature
    /// A required claim is missing.
    case missingClaim(Claim)
    /// A claim has a value of the wrong type, or an impossible one.
    case invalidClaim(Claim)
    /// `user_id` and `sub` name different users.
    case twoUsers
    /// The time is on or after `exp` (RFC 7519 section 4.1.4).
    case expired
    /// The time is before `nbf` (RFC 7519 section 4.1.5).
    case notYetValid
    /// `iat` is in the future.
    case issuedInFuture
    case wrongIssuer
    /// `aud` does not name this server (RFC 7519 section 4.1.3).
    case wrongAudience
    case revoked
    /// The revocations cannot be read, so the token counts as revoked.
    case revocationsUnreadable(RevocationError)
  }

  /// A part of a token.
  public enum Part: String, Hashable, Sendable {
    case header
    case payload
    case signature
  }

  /// A parameter of the header that is read (RFC 7515 section 4.1).
  public enum Parameter: String, Hashable, Sendable {
    case alg
    case kid
    case typ
  }

  /// A claim that is read (RFC 7519 section 4.1).
  public enum Claim: String, Hashable, Sendable {
    case userID = "user_id"
    case sub
    case exp
    case nbf
    case iat
    case jti
    case iss
    case aud
    case scope
  }

  /// What is wrong with the token.
  public var reason: Reason

  /// Creates an error with a reason.
  public init(_ reason: Reason) {
    self.reason = reason
  }

  /// One sentence, for the log.
  public var description: String {
    switch self.reason {
    case .missing: "there is no token"
    case .tooLarge: "the token has more than \(CompactToken.maximumSize) bytes"
    case .notTrimmed: "the token has white space, a line end or a byte-order mark around it"
    case .notCompact: "the token is not three parts with dots between them"
    case .notBase64URL(let part): "the \(part.rawValue) of the token is not base64url"
    case .notJSON(let part, let error): "the \(part.rawValue) of the token is not JSON: \(error)"
    case .invalidParameter(let name): "the token's \(name.rawValue) is invalid"
    case .criticalExtension: "the token needs an extension: it has crit"
    case .wrongType: "the token's typ is not that of an access token"
    case .wrongAlgorithm: "the token's alg is not that of the key"
    case .unknownKey: "the token's kid names no key"
    case .keyExpired: "the token's key is past its not_after"
    case .wrongSignature: "the token's signature is wrong"
    case .missingClaim(let claim): "the token has no \(claim.rawValue)"
    case .invalidClaim(let claim): "the token's \(claim.rawValue) is invalid"
    case .twoUsers: "the token's user_id and sub name two users"
    case .expired: "the token has expired"
    case .notYetValid: "the token is not valid yet"
    case .issuedInFuture: "the token was issued in the future"
    case .wrongIssuer: "the token is from another issuer"
    case .wrongAudience: "the token is for another audience"
    case .revoked: "the token is revoked"
    case .revocationsUnreadable(let error): "the revocations cannot be read: \(error)"
    }
  }
}
