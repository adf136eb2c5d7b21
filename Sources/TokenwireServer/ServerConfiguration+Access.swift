public import Identifiers

extension ServerConfiguration {
  /// Who may call, and how much.
  public struct Access: Hashable, Sendable {
    /// The path of the keys that access tokens are signed with; nil: there are no tokens.
    public var keyFile: String?
    /// The path of the database of revoked tokens; nil: the key file's with ".revoked" behind it.
    public var revocationFile: String?
    /// The `iss` that tokens must have; nil: any.
    public var issuer: Identifier?
    /// An `aud` that tokens must have; nil: any.
    public var audience: Identifier?
    /// How far the clocks of issuers may be off; at most 60 s.
    public var leeway: Duration
    /// Whether tokens without `exp` are refused.
    public var requiresExpiry: Bool
    /// Whether `Generate` serves callers without a token.
    public var allowsAnonymous: Bool
    public var userLimits: UserLimits
    /// For callers without a token, each address as one user.
    public var anonymousLimits: UserLimits

    public init(
      keyFile: String? = nil,
      revocationFile: String? = nil,
      issuer: Identifier? = nil,
      audience: Identifier? = nil,
      leeway: Duration = .seconds(30),
      requiresExpiry: Bool = true,
      allowsAnonymous: Bool = true,
      userLimits: UserLimits = .users,
      anonymousLimits: UserLimits = .anonymous
    ) {
      self.keyFile = keyFile
      self.revocationFile = revocationFile
      self.issuer = issuer
      self.audience = audience
      self.leeway = leeway
      self.requiresExpiry = requiresExpiry
      self.allowsAnonymous = allowsAnonymous
      self.userLimits = userLimits
      self.anonymousLimits = anonymousLimits
    }

    /// Where revoked tokens are kept when nothing else is said.
    public static func revocationFile(besides keyFile: String) -> String { keyFile + ".revoked" }
  }
}

extension ServerConfiguration.Access {
  init(_ settings: SettingReader) throws {
    let counts = 1 ... 1_000_000_000
    let leeway = try settings.value(.tokenLeeway, "a time of at most 60s, such as \"30s\"") {
      Duration(setting: $0).flatMap { $0 <= .seconds(60) ? $0 : nil }
    }
    self.init(
      keyFile: try settings.optionalString(.keyFile),
      revocationFile: try settings.optionalString(.revocationFile),
      issuer: try settings.optionalString(.tokenIssuer).map { Identifier($0) },
      audience: try settings.optionalString(.tokenAudience).map { Identifier($0) },
      leeway: leeway,
      requiresExpiry: try settings.bool(.tokenRequireExpiry),
      allowsAnonymous: try settings.bool(.anonymous),
      userLimits: UserLimits(
        requestsPerMinute: try settings.number(.userRequestsPerMinute, in: counts),
        tokensPerMinute: try settings.number(.userTokensPerMinute, in: counts),
        streams: try settings.number(.userStreams, in: counts)
      ),
      anonymousLimits: UserLimits(
        requestsPerMinute: try settings.number(.anonymousRequestsPerMinute, in: counts),
        tokensPerMinute: try settings.number(.anonymousTokensPerMinute, in: counts),
        streams: try settings.number(.anonymousStreams, in: counts)
      )
    )
  }
}
