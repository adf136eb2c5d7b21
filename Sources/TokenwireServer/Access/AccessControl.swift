internal import AccessTokens
internal import FrameRPC
internal import Generation
internal import Identifiers
internal import Logging
internal import Metrics

/// Decides who makes a call, and whether they may: the same for every transport and every method.
///
/// A caller learns that its token is missing, expired or invalid; why it is invalid is for the log
/// and the metric `tokenwire_tokens_refused` alone. The token itself is in neither.
struct AccessControl: Sendable {
  private let verifier: TokenVerifier?
  private let allowsAnonymous: Bool
  private let users: UserQuotas
  private let addresses: UserQuotas
  private let failures = FailedChecks()
  private let logger: Logger

  /// What a token lets its user do that has no `scope`: all that concerns nobody else.
  private static let scopesOfPlainTokens: Scopes = [.generate, .log, .readLogs]

  init(_ rules: AccessRules, logger: Logger) {
    self.verifier = rules.keys.map {
      TokenVerifier(keys: $0, policy: rules.policy, revocations: rules.revocations)
    }
    self.allowsAnonymous = rules.allowsAnonymous
    self.users = UserQuotas(rules.userLimits)
    self.addresses = UserQuotas(rules.anonymousLimits)
    self.logger = logger
  }

  /// A caller who may make its call.
  struct Caller {
    /// Empty for callers without a token.
    var userID: Identifier
    /// Whether the call may concern what is another user's.
    var isAdmin: Bool
    /// Whom the server works for: callers without a token are told apart by their address.
    var requester: Requester
    /// The call counts for as long as this exists.
    var admission: UserQuotas.Admission
  }

  /// Admits a call by the rule of its method, and counts it.
  ///
  /// - Parameter field: the token in the call's message; empty for messages that have no place for one.
  /// - Throws: `unauthenticated` when there is no token where one is needed, or it is no good;
  ///   `permissionDenied` when it does not have the scope; `resourceExhausted` over the limits, or when
  ///   the address has shown too many tokens that are no good.
  func admit(_ context: CallContext, tokenInMessage field: String = "") throws(CallError) -> Caller
  {
    guard let rule = MethodRule.all[context.method] else {
      // A test sees to it that every method has one.
      throw CallError(.unimplemented, "method \(context.method) is not offered by this server")
    }
    let token = context.accessToken(orIn: field)
    switch rule.callers {
    case .holders(let scopes):
      return try self.admitUser(token, scopes, rule.work, context)
    case .both(let scopes) where token != nil:
      return try self.admitUser(token, scopes, rule.work, context)
    case .anonymous, .both:
      return try self.admitAnonymous(rule.work, context)
    }
  }

  private func admitAnonymous(
    _ work: MethodRule.Work,
    _ context: CallContext
  ) throws(CallError) -> Caller {
    guard self.allowsAnonymous else {
      throw CallError(
        .unauthenticated,
        "\(context.method.method) serves no callers without a token here: "
          + (work == .text
            ? "call SecureGenerate"
            : "send yours as the metadata \"authorization: Bearer <token>\"")
      )
    }
    return Caller(
      userID: "",
      isAdmin: false,
      requester: .address(context.peerAddress),
      admission: try self.addresses.admit(context.peerAddress, for: work)
    )
  }

  private func admitUser(
    _ token: String?,
    _ scopes: Scopes,
    _ work: MethodRule.Work,
    _ context: CallContext
  ) throws(CallError) -> Caller {
    let user = try self.user(token, for: scopes, context)
    return Caller(
      userID: user.userID,
      isAdmin: user.scopes?.contains(.admin) == true,
      requester: .user(user.userID),
      admission: try self.users.admit(user.userID, for: work)
    )
  }

  /// Finds out whose token it is.
  ///
  /// - Throws: `unauthenticated` when there is none, or it is no good; `permissionDenied` when it
  ///   does not have the scope; `resourceExhausted` when the address has shown too many that are no
  ///   good.
  private func user(
    _ token: String?,
    for scope: Scopes,
    _ context: CallContext
  ) throws(CallError) -> VerifiedToken {
    guard let token else { throw .tokenIsMissing }
    let address = context.peerAddress
    try self.failures.check(address)
    let verified: VerifiedToken
    do throws(JWTError) {
      guard let verifier else { throw JWTError(.unknownKey) }
      verified = try verifier.verify(token)
    } catch {
      switch error.reason {
      case .missing:
        throw .tokenIsMissing
      case .revocationsUnreadable:
        // Not the caller's fault, and no guess.
        self.logger.error("Tokens cannot be verified", metadata: ["reason": "\(error)"])
        throw CallError(.unavailable, "Tokens cannot be verified now: call again later")
      default:
        self.failures.count(address)
        self.report(error, context)
        throw error.reason == .expired ? .tokenIsExpired : .tokenIsInvalid
      }
    }
    guard (verified.scopes ?? Self.scopesOfPlainTokens).isSuperset(of: scope) else {
      throw CallError(
        .permissionDenied,
        "The token does not have the scope \"\(scope)\", which \(context.method.method) needs"
      )
    }
    return verified
  }

  private func report(_ error: JWTError, _ context: CallContext) {
    Counter(
      label: "tokenwire_tokens_refused",
      dimensions: [("reason", error.reason.label)]
    ).increment()
    self.logger.notice(
      "A token was refused",
      metadata: [
        "reason": "\(self.verifier == nil ? "the server has no keys" : error.description)",
        "peer": "\(context.peer)",
        "method": "\(context.method)",
      ]
    )
  }
}

extension JWTError.Reason {
  /// The name of the case, without what it holds: a metric has few values.
  fileprivate var label: String {
    String("\(self)".prefix { $0 != "(" })
  }
}

extension CallError {
  static let tokenIsMissing = CallError(.unauthenticated, "Token is missing!")
  static let tokenIsInvalid = CallError(.unauthenticated, "Token is invalid!")
  static let tokenIsExpired = CallError(.unauthenticated, "Token is expired!")
}
