public import AccessTokens

/// Who may call a server, and their limits.
public struct AccessRules: Sendable {
  /// The keys that access tokens are signed with; nil refuses all access tokens.
  public var keys: KeyRing?
  /// How access tokens are checked.
  public var policy: TokenPolicy
  /// Where revoked access tokens are kept: one is enough.
  public var revocations: [RevocationStore]
  /// Whether `Generate` serves callers without an access token.
  public var allowsAnonymous: Bool
  /// The limits of each user with an access token.
  public var userLimits: UserLimits
  /// The limits of callers without an access token; each address counts as one user.
  public var anonymousLimits: UserLimits
  /// What users have left on all servers of a cluster; nil: this server counts alone. Callers without
  /// an access token, and concurrent texts, are counted by each server.
  package var sharedQuotas: (any SharedQuotas)?

  /// Creates rules; by default no access token is valid, and callers without one are served.
  public init(
    keys: KeyRing? = nil,
    policy: TokenPolicy = TokenPolicy(),
    revocations: [RevocationStore] = [],
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
