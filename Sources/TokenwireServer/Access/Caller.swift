internal import Generation
internal import Identifiers
internal import RPC
internal import Synchronization

/// The caller of an admitted call.
final class Caller: Sendable {
  /// The user; empty for callers without an access token.
  let userID: Identifier
  /// Whether the call may access other users' data.
  let isAdmin: Bool
  /// Who the server works for: callers without an access token are told apart by address.
  let requester: Requester
  /// Whether the call may use a model.
  var usesModel: Bool { self.admission.work.usesModel }

  private let admission: UserQuotas.Admission
  private let verification: @Sendable () throws(CallError) -> Void
  private let tokens = Atomic(0)
  private let spent = Mutex<Double?>(nil)
  private let texts = Mutex<ServedText?>(nil)

  /// - Parameter verification: throws when the access token is not valid any more.
  init(
    userID: Identifier,
    isAdmin: Bool,
    requester: Requester,
    admission: UserQuotas.Admission,
    verification: @escaping @Sendable () throws(CallError) -> Void = {}
  ) {
    self.userID = userID
    self.isAdmin = isAdmin
    self.requester = requester
    self.admission = admission
    self.verification = verification
  }

  /// Verifies the access token again, in a call that may last longer than it.
  ///
  /// - Throws: `unauthenticated` when it has expired, or was revoked; `unavailable` when that cannot
  ///   be known.
  func verifyAgain() throws(CallError) {
    try self.verification()
  }

  /// The tokens generated for the call so far.
  var generatedTokens: Int { self.tokens.load(ordering: .relaxed) }

  /// Counts generated tokens.
  func use(tokens: Int) {
    self.tokens.add(tokens, ordering: .relaxed)
    self.admission.use(tokens: tokens)
  }

  /// What the call cost elsewhere, by the operator's prices; nil without prices.
  var cost: Double? { self.spent.withLock { $0 } }

  /// Counts a cost elsewhere.
  func spend(_ cost: Double) {
    self.spent.withLock { $0 = ($0 ?? 0) + cost }
  }

  /// Who has written the call's text; nil when there is none.
  var text: ServedText? { self.texts.withLock { $0 } }

  /// Notes who writes the call's text.
  func note(_ text: ServedText) {
    self.texts.withLock { $0 = text }
  }

  /// Counts tokens that `CountTokens` counted in a text.
  func use(countedTokens: Int) {
    self.admission.use(countedTokens: countedTokens)
  }

  /// Ends the call's admission.
  func leave() {
    self.admission.end()
  }
}

extension CallContext {
  /// The caller.
  ///
  /// - Throws: `internal` when the caller was not determined: the server has no `AccessControl`, or
  ///   the method's policy lets everybody call it.
  var admitted: Caller {
    get throws(CallError) {
      guard let caller = self.caller as? Caller else {
        throw CallError(.internal, "\(self.method.method) was called without access control")
      }
      return caller
    }
  }
}
