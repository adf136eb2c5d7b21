import AccessTokens
import ArgumentParser
import Identifiers

/// Access tokens, which say whose a call is.
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Issue, look at and revoke access tokens.",
    subcommands: [Issue.self, Inspect.self, Revoke.self]
  )

  struct Issue: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Issue a token, and print it.",
      discussion: "Whoever has the token can use it until it expires or is revoked."
    )

    @Option(help: "Whose token it is.")
    var user: String

    @Option(
      help: "When it expires, such as 15m, 1h or 30d. (default: 1h)",
      transform: Lifetime.init(flag:)
    )
    var expires = Lifetime(duration: .seconds(3600))

    @Option(
      help: "What it is good for, with commas between: generate, log, logs:read, admin.",
      transform: Scopes.init(flag:)
    )
    var scope: Scopes = [.generate, .log, .readLogs]

    @Option(help: "Who issues it (iss).")
    var issuer: String?

    @Option(help: "For whom it is (aud).")
    var audience: String?

    @OptionGroup
    var keys: KeyFileFlags

    func validate() throws {
      try checkUser(self.user)
    }

    func run() throws {
      let issuer = TokenIssuer(
        keys: try self.keys.keyRing(),
        issuer: self.issuer.map { Identifier($0) },
        audience: self.audience.map { Identifier($0) }
      )
      let token = try issuer.issue(
        for: Identifier(self.user),
        scopes: self.scope,
        lifetime: self.expires.duration
      )
      StandardOutput.write(token.text + "\n")
      StandardOutput.writeNote(
        """
        [token \(token.jti) of \(self.user.asName), good for \(self.scope) until \
        \(token.expiresAt.text)]\n
        """
      )
    }
  }
}

/// - Throws: when a name of a user is none.
func checkUser(_ user: String) throws {
  guard !user.allSatisfy(\.isWhitespace) else {
    throw ValidationError("--user is \(user.isEmpty ? "empty" : "blank"): give the user's name")
  }
}

extension Scopes {
  /// Reads names with commas between them.
  fileprivate init(flag text: String) throws {
    self = []
    for name in text.utf8.split(separator: UInt8(ascii: ",")).map({ Identifier(Substring($0)) }) {
      guard let scope = Scopes(name: name) else {
        throw ValidationError("\"\(name)\" is no scope: there are generate, log, logs:read, admin")
      }
      self.insert(scope)
    }
  }
}
