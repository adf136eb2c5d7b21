internal import AccessTokens
internal import RPC
internal import TokenwireAPI

/// What a method asks of its callers, before its handler does anything.
struct MethodRule: Sendable {
  /// Who may call.
  enum Callers {
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
    case call
  }

  var callers: Callers
  var work: Work

  /// The rules of all methods of the service. The health service has none: it is open to all.
  static let all: [MethodDescriptor: MethodRule] = [
    TokenwireMethod.generate: MethodRule(callers: .anonymous, work: .text),
    TokenwireMethod.secureGenerate: MethodRule(callers: .holders(of: .generate), work: .text),
    TokenwireMethod.countTokens: MethodRule(callers: .both(.generate), work: .tokens),
    TokenwireMethod.listModels: MethodRule(callers: .both([]), work: .call),
    // Whoever calls ends texts of his own.
    TokenwireMethod.abort: MethodRule(callers: .both([]), work: .call),
    TokenwireMethod.logRequest: MethodRule(callers: .holders(of: .log), work: .call),
    TokenwireMethod.queryLogs: MethodRule(callers: .holders(of: .readLogs), work: .call),
    TokenwireMethod.eraseLogs: MethodRule(callers: .holders(of: .admin), work: .call),
  ]
}
