public import AccessTokens

/// Who may call a server, and how much.
public struct AccessRules: Sendable {
  /// What tokens are signed with; nil refuses all tokens.
  public var keys: KeyRing?
  /// How access tokens are checked.
  public var policy: TokenPolicy
  /// Nil: no token is ever revoked.
  public var revocations: RevocationStore?
  /// Whether `Generate` serves callers without a token.
  public var allowsAnonymous: Bool
  /// The limits of each user with an access token.
  public var userLimits: UserLimits
  /// For callers without a token, each address as one user.
  public var anonymousLimits: UserLimits

  /// Creates rules; by default no access token is valid, and callers without one are served.
  public init(
    keys: KeyRing? = nil,
    policy: TokenPolicy = TokenPolicy(),
    revocations: RevocationStore? = nil,
    allowsAnonymous: Bool = true,
    userLimits: UserLimits = .users,
    anonymousLimits: UserLimits = .anonymous
  ) {
    self.keys = keys
    self.policy = policy
    self.revocations = revocations
    self.allowsAnonymous = allowsAnonymous
    self.userLimits = userLimits
    self.anonymousLimits = anonymousLimits
  }
}
