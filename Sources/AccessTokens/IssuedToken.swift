public import Identifiers

/// A token that was issued. Who has its text is its user, so that the text is in no description.
public struct IssuedToken: Sendable {
  /// The token, in JWS compact serialization.
  public let text: String
  /// The name of this token, by which it is revoked.
  public let jti: Identifier
  public let issuedAt: NumericDate
  public let expiresAt: NumericDate
  /// The key that it is signed with.
  public let keyID: Identifier
}

extension IssuedToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "token \(self.jti)" }

  public var debugDescription: String { self.description }

  public var customMirror: Mirror { Mirror(self, children: ["jti": self.jti]) }
}
