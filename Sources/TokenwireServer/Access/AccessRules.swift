public import AccessTokens

/// Who may call a server, and how much.
public struct AccessRules: Sendable {
  /// What tokens are signed with; nil refuses all tokens.
  public var keys: KeyRing?
  public var policy: TokenPolicy
  /// Nil: no token is ever revoked.
  public var revocations: RevocationStore?
  /// Whether `Generate` serves callers without a token.
  public var allowsAnonymous: Bool
  public var userLimits: UserLimits
  /// For callers without a token, each address as one user.
  public var anonymousLimits: UserLimits

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
