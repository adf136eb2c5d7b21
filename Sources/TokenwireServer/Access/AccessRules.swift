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

extension AccessRules {
  /// Reads the files that a configuration names.
  ///
  /// - Throws: an error of one sentence for a file that cannot be used.
  init(_ configuration: ServerConfiguration.Access) throws {
    self.init(
      policy: TokenPolicy(
        issuer: configuration.issuer,
        audience: configuration.audience,
        leeway: configuration.leeway,
        requiresExpiry: configuration.requiresExpiry
      ),
      allowsAnonymous: configuration.allowsAnonymous,
      userLimits: configuration.userLimits,
      anonymousLimits: configuration.anonymousLimits
    )
    guard let keyFile = configuration.keyFile else { return }
    self.keys = try KeyRing(path: keyFile)
    let path =
      configuration.revocationFile ?? ServerConfiguration.Access.revocationFile(besides: keyFile)
    do {
      self.revocations = try RevocationStore(path: path)
    } catch {
      throw ConfigurationError("The revocation file \(path) cannot be opened: \(error)")
    }
  }
}
