import AccessTokens
import ArgumentParser
import Foundation
import Identifiers

extension TokenCommand {
  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Revoke one access token, or all that a user has now.",
      discussion: """
        Servers with the same revocation file, or with the same log in PostgreSQL, refuse them \
        within a moment, without a restart. \
        Access tokens and users are not stored, so a jti or a user that never existed can be \
        revoked, too. With --user, the command returns when the current second is over: tokens \
        issued from then on are valid. Those without an issue time (iat) are revoked for good.
        """
    )

    @Option(
      help: "The access token, or the jti that tokenwire token issue prints; \"-\" reads it."
    )
    var jti: String?

    @Option(help: "The user whose access tokens issued until now are revoked.")
    var user: String?

    @OptionGroup
    var files: RevocationFileFlags

    func validate() throws {
      guard (self.jti == nil) != (self.user == nil) else {
        throw ValidationError("give either --jti or --user")
      }
      if let user {
        try checkUser(user)
        if (try? UnverifiedToken(user.trimmedToken)) != nil {
          throw ValidationError("--user is a token: give it as --jti to revoke it")
        }
      }
    }

    func run() throws {
      do {
        try self.revoke()
      } catch let error as RevocationError {
        throw CommandFailure("Nothing was revoked: \(error)")
      }
    }

    private func revoke() throws {
      let keys = try self.files.keys.keyRing()
      let revocations = try self.files.revocations()
      if let user {
        let end = try revocations.revokeTokens(of: Identifier(user))
        Thread.sleep(until: Date(timeIntervalSince1970: end.secondsSinceEpoch))
        StandardOutput.writeNote(
          """
          All tokens of \(user.asName) are revoked.
          [access tokens and users are not stored: there may have been none]

          """
        )
      } else if let jti {
        let text = jti == "-" ? try InputText.standardInput("token") : jti
        try self.revoke(text.trimmedToken, keys, revocations)
      }
    }

    private func revoke(
      _ text: String,
      _ keys: KeyRing,
      _ revocations: RevocationStore
    ) throws {
      guard !text.isEmpty else {
        throw ValidationError("--jti is empty: give the token, or the jti that it has")
      }
      if let token = try? UnverifiedToken(text) {
        return try self.revoke(token, text, keys, revocations)
      }
      // Part of an access token, not a jti: "{" in base64url.
      guard !text.utf8.starts(with: "eyJ".utf8) && !text.contains(where: \.isWhitespace) else {
        throw ValidationError(
          """
          --jti is neither a whole token nor the name of one: give all of the token, or its jti \
          (tokenwire token inspect shows it)
          """
        )
      }
      try revocations.revoke(jti: Identifier(text), expiresAt: nil)
      StandardOutput.writeNote(
        """
        Token \(text.asName) is revoked.
        [access tokens are not stored: give the whole token to be sure that it exists]

        """
      )
    }

    private func revoke(
      _ token: UnverifiedToken,
      _ text: String,
      _ keys: KeyRing,
      _ revocations: RevocationStore
    ) throws {
      let user = (token.userID?.text ?? "").asName
      guard let jti = token.jti else {
        throw CommandFailure(
          """
          The token of \(user) has no jti, by which it could be revoked: tokenwire token revoke \
          --user \(user.shellWord) revokes all that the user has
          """
        )
      }
      // A token that fails this policy fails every server's.
      let policy = TokenPolicy(
        issuer: token.issuer,
        audience: token.audiences?.first,
        leeway: TokenPolicy.maximumLeeway,
        requiresExpiry: false
      )
      do {
        _ = try TokenVerifier(keys: keys, policy: policy, revocations: [revocations]).verify(text)
      } catch {
        switch error.reason {
        // It will become valid.
        case .notYetValid, .issuedInFuture: break
        case .revoked:
          StandardOutput.writeNote("Token \(jti.text.asName) of \(user) was revoked before.\n")
          return
        default:
          throw CommandFailure(
            "Nothing was revoked: with these keys servers refuse the token already, \(error)"
          )
        }
      }
      try revocations.revoke(jti: jti, expiresAt: token.expiresAt)
      StandardOutput.writeNote("Token \(jti.text.asName) of \(user) is revoked.\n")
    }
  }
}
