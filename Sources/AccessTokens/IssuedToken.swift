public import Identifiers

/// An access token that was issued. Whoever holds the text can call as its user, so no description
/// contains it.
public struct IssuedToken: Sendable {
  /// The token, in JWS compact serialization.
  public let text: String
  /// The id of this token, for revocation.
  public let jti: Identifier
  /// When it was issued (`iat`).
  public let issuedAt: NumericDate
  /// When it expires (`exp`).
  public let expiresAt: NumericDate
  /// The id of the key that signed it.
  public let keyID: Identifier
}

extension IssuedToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Names the token by its `jti`.
  public var description: String { "token \(self.jti)" }

  /// The same as `description`.
  public var debugDescription: String { self.description }

  /// Shows only the `jti`.
  public var customMirror: Mirror { Mirror(self, children: ["jti": self.jti]) }
}
