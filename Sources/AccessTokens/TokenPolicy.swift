public import Identifiers

/// What a verifier asks of tokens, beside a signature.
public struct TokenPolicy: Hashable, Sendable {
  /// The most that clocks may differ.
  public static let maximumLeeway = Duration.seconds(60)

  /// What `iss` has to be, exactly; nil takes tokens of any issuer, and without one.
  public let issuer: Identifier?
  /// What `aud` has to be, or has to have among its strings, exactly. With nil, tokens that are for
  /// an audience are refused: they are for someone else (RFC 7519 section 4.1.3).
  public let audience: Identifier?
  /// How far the clocks of issuers may differ from this one. A token is taken for that much longer
  /// than until its `exp`, and that much earlier than its `nbf` and `iat`.
  public let leeway: Duration
  /// Whether tokens without `exp`, which live as long as their key, are refused.
  public let requiresExpiry: Bool

  /// - Precondition: `leeway` is from zero to `maximumLeeway`; whoever reads it from settings checks
  ///   that.
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
