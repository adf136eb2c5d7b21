import AccessTokens
import Identifiers
import Logging
import PostgresRequestLog
import PostgresSharedState
import TokenwireServer

extension ServerConfiguration {
  /// Who may call, and their limits.
  struct Access: Hashable, Sendable {
    /// The path of the keys that access tokens are signed with; nil: there are no access tokens.
    var keyFile: String?
    /// The path of the database of revoked access tokens; nil: the key file's path with ".revoked".
    var revocationFile: String?
    /// The `iss` that access tokens must have; nil: any.
    var issuer: Identifier?
    /// An `aud` that access tokens must have; nil: any.
    var audience: Identifier?
    /// How far the clocks of issuers may be off; at most 60 s.
    var leeway: Duration
    /// Whether access tokens without `exp` are refused.
    var requiresExpiry: Bool
    /// Whether `Generate` serves callers without an access token.
    var allowsAnonymous: Bool
    var userLimits: UserLimits
    /// The limits of callers without an access token; each address counts as one user.
    var anonymousLimits: UserLimits

    init(
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

    /// Where revoked access tokens are kept by default.
    static func revocationFile(besides keyFile: String) -> String { keyFile + ".revoked" }
  }
}

extension ServerConfiguration.Access {
  init(_ settings: SettingReader) throws(ConfigurationError) {
    let access = Settings.access
    self.init(
      keyFile: try access.keyFile.read(from: settings),
      revocationFile: try access.revocationFile.read(from: settings),
      issuer: try access.tokenIssuer.read(from: settings),
      audience: try access.tokenAudience.read(from: settings),
      leeway: try access.tokenLeeway.read(from: settings),
      requiresExpiry: try access.tokenRequireExpiry.read(from: settings),
      allowsAnonymous: try access.anonymous.read(from: settings),
      userLimits: UserLimits(
        requestsPerMinute: try access.userRequestsPerMinute.read(from: settings),
        tokensPerMinute: try access.userTokensPerMinute.read(from: settings),
        streams: try access.userStreams.read(from: settings)
      ),
      anonymousLimits: UserLimits(
        requestsPerMinute: try access.anonymousRequestsPerMinute.read(from: settings),
        tokensPerMinute: try access.anonymousTokensPerMinute.read(from: settings),
        streams: try access.anonymousStreams.read(from: settings)
      )
    )
  }
}

extension AccessRules {
  /// Reads the files that a configuration names.
  ///
  /// - Parameters:
  ///   - database: whose revocations count, too, and which has the limits of all servers.
  ///   - mayBeAway: whether the database need not be there yet.
  /// - Throws: an error of one sentence for a file or a database that cannot be used.
  init(
    _ configuration: ServerConfiguration.Access,
    sharedIn database: PostgresLogStore.Place?,
    mayBeAway: Bool,
    logger: Logger
  ) throws {
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
      self.revocations.append(try RevocationStore(path: path))
    } catch {
      throw ConfigurationError("The revocation file \(path) cannot be opened: \(error)")
    }
    guard let database else { return }
    do {
      self.revocations.append(
        try RevocationStore(
          sharedIn: database.parameters,
          mayBeAway: mayBeAway,
          logger: logger
        )
      )
    } catch {
      throw ConfigurationError("The revocations in \(database) cannot be opened: \(error)")
    }
    do {
      self.sharedQuotas = try PostgresQuotas(
        database.parameters,
        requestsPerMinute: configuration.userLimits.requestsPerMinute,
        tokensPerMinute: configuration.userLimits.tokensPerMinute,
        mayBeAway: mayBeAway
      )
    } catch {
      throw ConfigurationError("The limits in \(database) cannot be opened: \(error)")
    }
  }
}
