import AccessTokens
import ArgumentParser
import Foundation
import Identifiers

extension TokenCommand {
  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show an access token's claims, and whether it verifies.",
      discussion: """
        It is verified with the server's settings, read from their variables, such as \
        TOKENWIRE_TOKEN_LEEWAY. Exits with 1 when it does not verify.
        """
    )

    @Argument(help: "The access token; read from standard input when absent or \"-\".")
    var token: String?

    @Option(help: "The issuer that it must have. (default: $TOKENWIRE_TOKEN_ISSUER, else any)")
    var issuer: String?

    @Option(help: "The audience that it must have. (default: $TOKENWIRE_TOKEN_AUDIENCE)")
    var audience: String?

    @Option(
      help: """
        How far the clocks of issuers may differ, at most 60s. (default: $TOKENWIRE_TOKEN_LEEWAY, \
        else 30s)
        """,
      transform: Self.leeway(in:)
    )
    var leeway: Duration?

    @OptionGroup
    var files: RevocationFileFlags

    func run() throws {
      let policy = TokenPolicy(
        issuer: (self.issuer ?? Settings.access.tokenIssuer.environmentValue).map {
          Identifier($0)
        },
        audience: (self.audience ?? Settings.access.tokenAudience.environmentValue).map {
          Identifier($0)
        },
        leeway: try self.leeway ?? Settings.access.tokenLeeway.environmentValue.map(
          Self.leeway(in:)
        )
          ?? .seconds(30)
      )
      let text = try self.text()
      if let contents = try? UnverifiedToken(text) { Self.show(contents) }
      let verifier = TokenVerifier(
        keys: try self.files.keys.keyRing(),
        policy: policy,
        revocations: try self.files.allRevocations()
      )
      do {
        let verified = try verifier.verify(text)
        let scopes = verified.scopes.map { "allows \($0)" } ?? "without a scope"
        StandardOutput.write("It verifies: \(verified.userID.text.asName), \(scopes)\n")
      } catch {
        StandardOutput.write("It does not verify: \(error)\n")
        throw ExitCode(1)
      }
    }

    private func text() throws -> String {
      let text =
        if let token, token != "-" { token } else { try InputText.standardInput("token") }
      let token = text.trimmedToken
      guard !token.isEmpty else { throw ValidationError("the token is empty") }
      return token
    }

    private static func show(_ token: UnverifiedToken) {
      StandardOutput.write("\(token.header.onOneLine)\n\(token.payload.onOneLine)\n", .json)
      let times = [
        ("issued", token.issuedAt), ("not before", token.notBefore), ("expires", token.expiresAt),
      ]
      for case (let name, let time?) in times {
        StandardOutput.write("\(name) \(time.text) (\(time.fromNow))\n")
      }
    }

    private static func leeway(in text: String) throws -> Duration {
      guard let leeway = Duration(setting: text), leeway <= TokenPolicy.maximumLeeway else {
        throw ValidationError("the leeway must be a time of at most 60s, such as 30s")
      }
      return leeway
    }
  }
}

extension NumericDate {
  /// Such as "in 5m" or "3d ago".
  fileprivate var fromNow: String {
    let seconds = self.secondsSinceEpoch - NumericDate.now.secondsSinceEpoch
    let text = Lifetime(duration: .seconds(abs(seconds).rounded())).description
    return seconds < 0 ? "\(text) ago" : "in \(text)"
  }
}
