import ArgumentParser
import TokenwireServer

/// Who may call a server, and how much.
struct AccessFlags: ParsableArguments {
  @Option(
    help: "The keys that access tokens are signed with, read again at SIGHUP: see tokenwire key.",
    completion: .file()
  )
  var keyFile: String?

  @Option(
    help: "The database of revoked tokens. (default: the key file's name with .revoked behind it)",
    completion: .file()
  )
  var revocationFile: String?

  @Option(help: "The iss that tokens must have. (default: any)")
  var tokenIssuer: String?

  @Option(help: "An aud that tokens must have. (default: any)")
  var tokenAudience: String?

  @Option(help: "How far the clocks of issuers may be off, at most 60s. (default: 30s)")
  var tokenLeeway: String?

  @Option(help: "Whether tokens without an end (exp) are refused, true or false. (default: true)")
  var tokenRequireExpiry: String?

  @Option(help: "Whether Generate serves callers without a token, true or false. (default: true)")
  var anonymous: String?

  @Option(help: "Calls in a minute of one user. (default: 1200)")
  var userRequestsPerMinute: String?

  @Option(help: "Tokens generated in a minute for one user. (default: 600000)")
  var userTokensPerMinute: String?

  @Option(help: "Texts at once of one user. (default: 64)")
  var userStreams: String?

  @Option(help: "Calls in a minute without a token, from one address. (default: 600)")
  var anonymousRequestsPerMinute: String?

  @Option(help: "Tokens in a minute without a token, for one address. (default: 300000)")
  var anonymousTokensPerMinute: String?

  @Option(help: "Texts at once without a token, for one address. (default: 32)")
  var anonymousStreams: String?

  var values: [Setting: String?] {
    [
      .keyFile: self.keyFile,
      .revocationFile: self.revocationFile,
      .tokenIssuer: self.tokenIssuer,
      .tokenAudience: self.tokenAudience,
      .tokenLeeway: self.tokenLeeway,
      .tokenRequireExpiry: self.tokenRequireExpiry,
      .anonymous: self.anonymous,
      .userRequestsPerMinute: self.userRequestsPerMinute,
      .userTokensPerMinute: self.userTokensPerMinute,
      .userStreams: self.userStreams,
      .anonymousRequestsPerMinute: self.anonymousRequestsPerMinute,
      .anonymousTokensPerMinute: self.anonymousTokensPerMinute,
      .anonymousStreams: self.anonymousStreams,
    ]
  }
}
