import AccessTokens
import ArgumentParser
import Foundation

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

    @OptionGroup
    var keys: KeyFileFlags

    @Option(help: "Whose token it is.")
    var user: String

    @Option(help: "When it expires, such as 15m, 1h or 30d.")
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

    func run() throws {
      let issuer = TokenIssuer(
        keys: try self.keys.keyRing(),
        issuer: self.issuer,
        audience: self.audience
      )
      let token = try issuer.issue(
        for: self.user,
        scopes: self.scope,
        lifetime: self.expires.duration
      )
      StandardOutput.write(token.text + "\n")
      StandardOutput.writeNote(
        "[token \(token.jti) of \(self.user), good for \(self.scope) until \(token.expiresAt.text)]\n"
      )
    }
  }

  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a token says, and whether it verifies.",
      discussion: "Exits with 1 when it does not verify."
    )

    @OptionGroup
    var files: RevocationFileFlags

    @Option(help: "The issuer that it must have. (default: any)")
    var issuer: String?

    @Option(help: "The audience that it must have.")
    var audience: String?

    @Argument(help: "The token; read from standard input when absent.")
    var token: String?

    func run() throws {
      let token = self.token ?? readLine() ?? ""
      for part in token.split(separator: ".").prefix(2) {
        StandardOutput.write((String(base64URL: part) ?? "(not base64url)") + "\n")
      }
      let verifier = TokenVerifier(
        keys: try self.files.keys.keyRing(),
        policy: TokenPolicy(issuer: self.issuer, audience: self.audience),
        revocations: try self.files.revocations()
      )
      do {
        let verified = try verifier.verify(token)
        let scopes = verified.scopes.map { "good for \($0)" } ?? "without a scope"
        StandardOutput.write("It verifies: \(verified.userID), \(scopes)\n")
      } catch {
        StandardOutput.write("It does not verify: \(error)\n")
        throw ExitCode(1)
      }
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Revoke one token, or all that a user has now.",
      discussion: "Servers refuse them within a moment; they need not be restarted."
    )

    @OptionGroup
    var files: RevocationFileFlags

    @Option(help: "The name of the token, its jti.")
    var jti: String?

    @Option(help: "The user whose tokens are revoked, those that were issued until now.")
    var user: String?

    func validate() throws {
      if (self.jti == nil) == (self.user == nil) {
        throw ValidationError("give either --jti or --user")
      }
    }

    func run() throws {
      let revocations = try self.files.revocations()
      if let jti { try revocations.revoke(jti: jti, expiresAt: nil) }
      if let user { try revocations.revokeTokens(of: user) }
      let what = self.jti.map { "Token \($0) is" } ?? "All tokens of \(self.user ?? "") are"
      StandardOutput.writeNote("\(what) revoked.\n")
    }
  }
}

extension Scopes {
  /// Reads names with commas between them.
  fileprivate init(flag text: String) throws {
    self = []
    for name in text.split(separator: ",") {
      guard let scope = Scopes(name: String(name)) else {
        throw ValidationError("\"\(name)\" is no scope: there are generate, log, logs:read, admin")
      }
      self.insert(scope)
    }
  }
}

extension String {
  /// The text that base64url (RFC 4648 section 5) encodes.
  fileprivate init?(base64URL text: Substring) {
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
    guard
      let data = Data(base64Encoded: base64 + padding),
      let text = String(validating: data, as: UTF8.self)
    else { return nil }
    self = text
  }
}
