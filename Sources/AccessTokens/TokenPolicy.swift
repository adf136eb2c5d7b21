public import Identifiers

/// What a verifier requires of access tokens besides a valid signature.
public struct TokenPolicy: Hashable, Sendable {
  /// The largest `leeway`.
  public static let maximumLeeway = Duration.seconds(60)

  /// The required `iss`; nil accepts any issuer, and none.
  public let issuer: Identifier?
  /// The required `aud`, alone or among others. With nil, tokens that have an `aud` are refused,
  /// because they are for another server (RFC 7519 section 4.1.3).
  public let audience: Identifier?
  /// How far the clocks of issuers may differ from this one. A token is accepted that long after
  /// its `exp`, and that long before its `nbf` and `iat`.
  public let leeway: Duration
  /// Whether tokens without `exp`, which are valid as long as their key, are refused.
  public let requiresExpiry: Bool

  /// - Precondition: `leeway` is from zero to `maximumLeeway`.
  public init(
    issuer: Identifier? = nil,
    audience: Identifier? = nil,
    leeway: Duration = .seconds(30),
    requiresExpiry: Bool = true
  ) {
    precondition((.zero ... Self.maximumLeeway).contains(leeway), "the leeway is out of range")
    self.issuer = issuer
    self.audience = audience
    self.leeway = leeway
    self.requiresExpiry = requiresExpiry
  }
}
