internal import AccessTokens
internal import RPC
internal import TokenwireAPI

/// What a method asks of its callers, and what its calls count as.
struct MethodPolicy: Sendable {
  /// Who may call.
  enum Callers {
    /// Everybody, always: such calls tell nothing about anybody, and are not counted.
    case everybody
    /// Everybody, where the server serves callers without a token; a token is not looked at.
    case anonymous
    /// Holders of a token with these scopes.
    case holders(of: Scopes)
    /// Holders of a token with these scopes, and everybody without one where the server serves them.
    case both(Scopes)
  }

  /// What a call is counted as.
  enum Work {
    /// A text that is generated.
    case text
    /// Another call whose work is counted in tokens.
    case tokens
    /// A call that needs the request log.
    case log
    case call

    /// Whether the call may use a model, and have it loaded. Its tokens are counted.
    var usesModel: Bool {
      switch self {
      case .text, .tokens: true
      case .log, .call: false
      }
    }
  }

  var callers: Callers
  var work: Work

  /// The policies of all methods that a Tokenwire server offers. It does not start with a method that
  /// is not in this table.
  static let all: [MethodDescriptor: MethodPolicy] = [
    TokenwireMethod.generate: MethodPolicy(callers: .anonymous, work: .text),
    TokenwireMethod.secureGenerate: MethodPolicy(callers: .holders(of: .generate), work: .text),
    TokenwireMethod.countTokens: MethodPolicy(callers: .both(.generate), work: .tokens),
    TokenwireMethod.listModels: MethodPolicy(callers: .both([]), work: .call),
    // The generation must be the caller's own: `RunningGenerations` sees to that.
    TokenwireMethod.abort: MethodPolicy(callers: .both([]), work: .call),
    TokenwireMethod.logRequest: MethodPolicy(callers: .holders(of: .log), work: .log),
    TokenwireMethod.queryLogs: MethodPolicy(callers: .holders(of: .readLogs), work: .log),
    TokenwireMethod.eraseLogs: MethodPolicy(callers: .holders(of: .admin), work: .log),
    HealthMethod.check: MethodPolicy(callers: .everybody, work: .call),
    HealthMethod.watch: MethodPolicy(callers: .everybody, work: .call),
  ]
}

/// A method that a server was to offer, about which nobody has said who may call it.
struct MissingPolicy: Error, CustomStringConvertible {
  let method: MethodDescriptor

  var description: String {
    "The server cannot offer \(self.method): no policy says who may call it. Add it to "
      + "MethodPolicy.all"
  }
}
