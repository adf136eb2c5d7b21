internal import AccessTokens
internal import Generation
internal import Identifiers
internal import Logging
internal import Metrics
internal import RPC

/// Determines the caller of each call, and whether the call is allowed, for all transports and
/// methods.
///
/// A caller learns that its access token is missing, expired or invalid. Only the log and the
/// metric `tokenwire_tokens_refused` have the reason. Neither has the access token itself.
final class AccessControl: ServerInterceptor {
  private let policies: [MethodDescriptor: MethodPolicy]
  private let verifier: TokenVerifier?
  private let allowsAnonymous: Bool
  private let keepsLog: Bool
  let users: UserQuotas
  private let addresses: UserQuotas
  private let failures = FailedChecks()
  private let logger: Logger

  /// What an access token without `scope` allows: everything that concerns only its user.
  private static let scopesOfPlainTokens: Scopes = [.generate, .log, .readLogs]

  /// - Parameter keepsLog: whether the server has a request log.
  init(
    _ rules: AccessRules,
    policies: [MethodDescriptor: MethodPolicy] = MethodPolicy.all,
    keepsLog: Bool,
    logger: Logger
  ) {
    self.policies = policies
    self.verifier = rules.keys.map {
      TokenVerifier(keys: $0, policy: rules.policy, revocations: rules.revocations)
    }
    self.allowsAnonymous = rules.allowsAnonymous
    self.keepsLog = keepsLog
    self.users = UserQuotas(rules.userLimits, isShared: rules.sharedQuotas != nil)
    self.addresses = UserQuotas(rules.anonymousLimits)
    self.logger = logger
  }

  func check(_ method: MethodDescriptor) throws {
    if self.policies[method] == nil { throw MissingPolicy(method: method) }
  }

  /// Admits a call by the policy of its method, and counts it.
  ///
  /// - Throws: `unauthenticated` when a required access token is missing, or invalid;
  ///   `permissionDenied` when it does not have the scope; `resourceExhausted` when a limit is
  ///   reached, or the address has sent too many invalid access tokens.
  func begin(_ call: CallContext, accessToken: String) throws(CallError) {
    guard let policy = self.policies[call.method] else {
      // `check` made sure that every method has a policy.
      throw CallError(.unimplemented, "method \(call.method) is not offered by this server")
    }
    // The handler reports that there is no log.
    if policy.work == .log, !self.keepsLog { return }
    call.caller = try self.caller(of: call, call.accessToken(orIn: accessToken), policy)
  }

  func handlerReturned(_ call: CallContext) {
    (call.caller as? Caller)?.leave()
  }

  /// - Returns: nil for calls that are open to everybody.
  private func caller(
    of call: CallContext,
    _ token: PresentedToken,
    _ policy: MethodPolicy
  ) throws(CallError) -> Caller? {
    switch policy.callers {
    case .everybody:
      return nil
    case .holders(let scopes):
      return try self.admitUser(token, scopes, policy.work, call)
    case .both(let scopes) where token.isGiven || token.isMalformed && !self.allowsAnonymous:
      return try self.admitUser(token, scopes, policy.work, call)
    case .anonymous, .both:
      return try self.admitAnonymous(policy.work, call)
    }
  }

  private func admitAnonymous(
    _ work: MethodPolicy.Work,
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
    _ token: PresentedToken,
    _ scopes: Scopes,
    _ work: MethodPolicy.Work,
    _ context: CallContext
  ) throws(CallError) -> Caller {
    let user = try self.user(token, for: scopes, context)
    return Caller(
      userID: user.userID,
      isAdmin: user.scopes?.contains(.admin) == true,
      requester: .user(user.userID),
      admission: try self.users.admit(user.userID, for: work),
      verification: { [self] () throws(CallError) in
        _ = try self.user(token, for: scopes, context)
      }
    )
  }

  /// Verifies an access token.
  ///
  /// Each one is verified, even after many invalid ones from the address: that costs less than the
  /// call, and its user may have nothing to do with the others.
  ///
  /// - Throws: `unauthenticated` when it is missing or invalid; `permissionDenied` when it does not
  ///   have the scope; `resourceExhausted` when it is invalid, and the address has sent too many
  ///   invalid access tokens.
  private func user(
    _ token: PresentedToken,
    for scope: Scopes,
    _ context: CallContext
  ) throws(CallError) -> VerifiedToken {
    let text: String
    switch token {
    case .none: throw .tokenIsMissing
    case .malformedAuthorization:
      throw self.refuse(
        "its authorization is not \"Bearer <token>\"",
        label: "malformedAuthorization",
        context,
        .authorizationIsMalformed
      )
    case .token(let given): text = given
    }
    let verified: VerifiedToken
    do throws(JWTError) {
      guard let verifier else { throw JWTError(.unknownKey) }
      verified = try verifier.verify(text)
    } catch {
      switch error.reason {
      case .missing:
        throw .tokenIsMissing
      case .revocationsUnreadable:
        // Not the caller's fault, so it does not count as a try.
        self.logger.error("Tokens cannot be verified", metadata: ["reason": "\(error)"])
        throw CallError(.unavailable, "Tokens cannot be verified now: call again later")
      default:
        throw self.refuse(
          self.verifier == nil ? "the server has no keys" : error.description,
          label: error.reason.label,
          context,
          error.reason.answer
        )
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

  /// Counts and logs an invalid access token.
  ///
  /// - Parameters:
  ///   - reason: the reason in the log.
  ///   - label: the reason in the metric, one of few values.
  ///   - answer: the error for the caller.
  /// - Returns: the answer, or an error that tells the caller to wait when there were too many.
  private func refuse(
    _ reason: String,
    label: String,
    _ context: CallContext,
    _ answer: CallError
  ) -> CallError {
    Counter(label: "tokenwire_tokens_refused", dimensions: [("reason", label)]).increment()
    if let wait = self.failures.count(context.peerAddress) {
      return CallError(
        .resourceExhausted,
        "Your address has sent too many invalid access tokens: call again later",
        retryAfter: wait
      )
    }
    self.logger.notice(
      "A token was refused",
      metadata: ["reason": "\(reason)", "peer": "\(context.peer)", "method": "\(context.method)"]
    )
    return answer
  }
}

extension JWTError.Reason {
  /// The name of the case without its payload, because a metric needs few values.
  fileprivate var label: String {
    String("\(self)".prefix { $0 != "(" })
  }

  /// The error for the caller.
  fileprivate var answer: CallError {
    switch self {
    case .expired: .tokenIsExpired
    case .notTrimmed: .tokenIsNotTrimmed
    default: .tokenIsInvalid
    }
  }
}

extension CallError {
  static let tokenIsMissing = CallError(.unauthenticated, "Token is missing!")
  static let tokenIsInvalid = CallError(.unauthenticated, "Token is invalid!")
  static let tokenIsNotTrimmed = CallError(
    .unauthenticated,
    "Token is invalid! There is white space, a line end or a byte-order mark around it: trim it"
  )
  static let authorizationIsMalformed = CallError(
    .unauthenticated,
    "Token is missing! The metadata's authorization is not \"Bearer <token>\""
  )
  static let tokenIsExpired = CallError(.unauthenticated, "Token is expired!")
}
