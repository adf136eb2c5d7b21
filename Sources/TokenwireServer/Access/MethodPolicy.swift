internal import AccessTokens
internal import RPC
internal import TokenwireAPI

/// Who may call a method, and what its calls count as.
struct MethodPolicy: Sendable {
  /// Who may call.
  enum Callers {
    /// Everybody, always: such calls access no user's data, and are not counted.
    case everybody
    /// Everybody, if the server allows callers without an access token; access tokens are ignored.
    case anonymous
    /// Callers with an access token with these scopes.
    case holders(of: Scopes)
    /// Callers with an access token with these scopes, and those without one if the server allows
    /// them.
    case both(Scopes)
  }

  /// What a call counts as.
  enum Work {
    /// A generated text.
    case text
    /// Another call whose work is counted in tokens.
    case tokens
    /// A call that needs the request log.
    case log
    case call

    /// Whether the call may use a model, and so load it. Its tokens are counted.
    var usesModel: Bool {
      switch self {
      case .text, .tokens: true
      case .log, .call: false
      }
    }
  }

  var callers: Callers
  var work: Work

  /// The policies of all methods of a Tokenwire server. The server does not start with a method
  /// that is not in this table.
  static let all: [MethodDescriptor: MethodPolicy] = [
    TokenwireMethod.generate: MethodPolicy(callers: .anonymous, work: .text),
    TokenwireMethod.secureGenerate: MethodPolicy(callers: .holders(of: .generate), work: .text),
    TokenwireMethod.countTokens: MethodPolicy(callers: .both(.generate), work: .tokens),
    TokenwireMethod.detokenize: MethodPolicy(callers: .both(.generate), work: .tokens),
    TokenwireMethod.listModels: MethodPolicy(callers: .both([]), work: .call),
    // `RunningGenerations` checks that the generation belongs to the caller.
    TokenwireMethod.abort: MethodPolicy(callers: .both([]), work: .call),
    TokenwireMethod.logRequest: MethodPolicy(callers: .holders(of: .log), work: .log),
    TokenwireMethod.queryLogs: MethodPolicy(callers: .holders(of: .readLogs), work: .log),
    TokenwireMethod.eraseLogs: MethodPolicy(callers: .holders(of: .admin), work: .log),
    HealthMethod.check: MethodPolicy(callers: .everybody, work: .call),
    HealthMethod.list: MethodPolicy(callers: .everybody, work: .call),
    HealthMethod.watch: MethodPolicy(callers: .everybody, work: .call),
    ServerReflectionMethod.serverReflectionInfo: MethodPolicy(callers: .everybody, work: .call),
    ServerReflectionMethod.alphaServerReflectionInfo:
      MethodPolicy(callers: .everybody, work: .call),
  ]
}

/// A method without a policy.
struct MissingPolicy: Error, CustomStringConvertible {
  let method: MethodDescriptor

  var description: String {
    "The server cannot offer \(self.method): no policy says who may call it. Add it to "
      + "MethodPolicy.all"
  }
}
