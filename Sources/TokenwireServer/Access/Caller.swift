internal import Generation
internal import Identifiers
internal import RPC
internal import Synchronization

/// Who makes a call that was admitted.
final class Caller: Sendable {
  /// Empty for callers without an access token.
  let userID: Identifier
  /// Whether the call may concern what is another user's.
  let isAdmin: Bool
  /// Whom the server works for: callers without a token are told apart by their address.
  let requester: Requester
  /// Whether the call may use a model.
  var usesModel: Bool { self.admission.work.usesModel }

  private let admission: UserQuotas.Admission
  private let tokens = Atomic(0)

  init(
    userID: Identifier,
    isAdmin: Bool,
    requester: Requester,
    admission: UserQuotas.Admission
  ) {
    self.userID = userID
    self.isAdmin = isAdmin
    self.requester = requester
    self.admission = admission
  }

  /// The tokens that were generated for the call so far.
  var generatedTokens: Int { self.tokens.load(ordering: .relaxed) }

  /// Counts tokens that were generated.
  func use(tokens: Int) {
    self.tokens.add(tokens, ordering: .relaxed)
    self.admission.use(tokens: tokens)
  }

  /// Counts tokens that were found in a text.
  func use(countedTokens: Int) {
    self.admission.use(countedTokens: countedTokens)
  }

  /// Gives the call's place back.
  func leave() {
    self.admission.end()
  }
}

extension CallContext {
  /// Who makes the call.
  ///
  /// - Throws: `internal` when nobody has found out: the server has no `AccessControl`, or the method's
  ///   policy lets everybody call it.
  var admitted: Caller {
    get throws(CallError) {
      guard let caller = self.caller as? Caller else {
        throw CallError(.internal, "\(self.method.method) was called without access control")
      }
      return caller
    }
  }
}
