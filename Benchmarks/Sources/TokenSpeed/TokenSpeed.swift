import AccessTokens
import ArgumentParser
import Foundation
import Identifiers

/// What `Benchmarks/tokens/run` compares with others: the check of a token as the server does it.
@main
struct TokenSpeed: ParsableCommand {
  static let configuration = CommandConfiguration(subcommands: [Make.self, Verify.self])
}

/// The names in the token, and what is asked of them.
private enum Expected {
  static let issuer: Identifier = "https://tokens.example"
  static let audience: Identifier = "tokenwire"
}

/// Makes the files of a server that has been up for a while, and prints a token.
struct Make: ParsableCommand {
  @Argument(help: "An empty folder, for keys.json and revoked.db.")
  var folder: String

  func run() throws {
    let keys = try KeyRing.create(path: self.folder + "/keys.json")
    for _ in 0 ..< 3 { try keys.rotate(overlap: .seconds(86400)) }
    let revocations = try RevocationStore(path: self.folder + "/revoked.db")
    for number in 0 ..< 100 {
      try revocations.revoke(jti: "token-\(number)", expiresAt: nil)
      try revocations.revokeTokens(of: "user-\(number)")
    }
    let issuer = TokenIssuer(keys: keys, issuer: Expected.issuer, audience: Expected.audience)
    print(try issuer.issue(for: "alice", scopes: .generate, lifetime: .seconds(86400)).text)
  }
}

/// Prints how often a second of processor time is enough to verify a token.
struct Verify: ParsableCommand {
  @Argument(help: "The folder that was given to make.")
  var folder: String

  @Argument(help: "The token that make printed.")
  var token: String

  @Option(help: "How often the token is verified.")
  var count = 500_000

  func run() throws {
    let verifier = TokenVerifier(
      keys: try KeyRing(path: self.folder + "/keys.json"),
      policy: TokenPolicy(issuer: Expected.issuer, audience: Expected.audience),
      revocations: [try RevocationStore(path: self.folder + "/revoked.db")]
    )
    let begin = clock()
    for _ in 0 ..< self.count {
      // A token that were refused, or whose check were left out, would be measured as another.
      guard try verifier.verify(self.token).userID == "alice" else { throw ExitCode.failure }
    }
    print(Double(self.count) * Double(CLOCKS_PER_SEC) / Double(clock() - begin))
  }
}
