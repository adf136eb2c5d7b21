import AccessTokens
import ArgumentParser
import Identifiers

/// Manages access tokens, which say who makes a call.
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Issue, inspect and revoke access tokens.",
    subcommands: [Issue.self, Inspect.self, Revoke.self]
  )

  struct Issue: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Issue an access token, and print it.",
      discussion: "Anybody who has it can use it until it expires or is revoked."
    )

    @Option(help: "The user of the token.")
    var user: String

    @Option(
      help: "When it expires, such as 15m, 1h or 30d. (default: 1h)",
      transform: Lifetime.init(flag:)
    )
    var expires = Lifetime(duration: .seconds(3600))

    @Option(
      help: """
        What it allows, separated by commas: generate, log, logs:read, admin. (default: generate,log,logs:read)
        """,
      transform: Scopes.init(flag:)
    )
    var scope: [Scopes] = []

    private var scopes: Scopes {
      self.scope.isEmpty ? [.generate, .log, .readLogs] : Scopes(self.scope)
    }

    @Option(help: "The issuer (iss).")
    var issuer: String?

    @Option(help: "The audience (aud).")
    var audience: String?

    @OptionGroup
    var keys: KeyFileFlags

    func validate() throws {
      try checkUser(self.user)
    }

    func run() throws {
      let keys = try self.keys.keyRing()
      let issuer = TokenIssuer(
        keys: keys,
        issuer: self.issuer.map { Identifier($0) },
        audience: self.audience.map { Identifier($0) }
      )
      let token: IssuedToken
      do throws(JWTError) {
        token = try issuer.issue(
          for: Identifier(self.user),
          scopes: self.scopes,
          lifetime: self.expires.duration
        )
      } catch {
        guard error.reason == .keyExpired, let key = keys.keys.first(where: \.isSigning) else {
          throw error
        }
        let end = key.notAfter.map { " on \($0.text)" } ?? ""
        throw CommandFailure(
          """
          The key \(key.id), which signs, has expired\(end): tokenwire key rotate adds one that does
          """
        )
      }
      StandardOutput.write(token.text + "\n")
      StandardOutput.writeNote(
        """
        [token \(token.jti) of \(self.user.asName), allows \(self.scopes) until \
        \(token.expiresAt.text)]\n
        """
      )
    }
  }
}

/// - Throws: when the name of a user is empty.
func checkUser(_ user: String) throws {
  guard !user.allSatisfy(\.isWhitespace) else {
    throw ValidationError("--user is \(user.isEmpty ? "empty" : "blank"): give the user's name")
  }
}

extension Scopes {
  /// Parses names that are separated by commas or, as in a token, by spaces.
  fileprivate init(flag text: String) throws {
    self = []
    let names = text.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
    guard !names.isEmpty else {
      throw ValidationError(
        "an access token needs a scope: generate, log, logs:read or admin"
      )
    }
    for name in names.map({ Identifier(Substring($0)) }) {
      guard let scope = Scopes(name: name) else {
        throw ValidationError("\"\(name)\" is no scope: there are generate, log, logs:read, admin")
      }
      self.insert(scope)
    }
  }
}
