/// Who may call a server, and how much.
struct AccessSettings: SettingGroup {
  static let title = "Access"

  let keyFile = Setting(
    "keyFile",
    .path,
    default: .absent(),
    "The keys that access tokens are signed with, reloaded at SIGHUP: see tokenwire key."
  )
  let revocationFile = Setting(
    "revocationFile",
    .path,
    default: .absent(shownAs: "the key file's name with .revoked behind it"),
    needs: .keyFile,
    "The database of revoked access tokens."
  )
  let tokenIssuer = Setting(
    "tokenIssuer",
    .name,
    default: .absent(shownAs: "any"),
    needs: .keyFile,
    "The iss that access tokens must have."
  )
  let tokenAudience = Setting(
    "tokenAudience",
    .name,
    default: .absent(shownAs: "any"),
    needs: .keyFile,
    "An aud that access tokens must have."
  )
  let tokenLeeway = Setting(
    "tokenLeeway",
    .time(upTo: 60),
    default: "30s",
    needs: .keyFile,
    "How far the clocks of issuers may be off, at most 60s."
  )
  let tokenRequireExpiry = Setting(
    "tokenRequireExpiry",
    .bool,
    default: "true",
    "Whether access tokens without exp are refused, true or false."
  )
  let anonymous = Setting(
    "anonymous",
    .bool,
    default: "true",
    "Whether Generate serves callers without an access token, true or false."
  )
  let userRequestsPerMinute = Setting(
    "userRequestsPerMinute",
    .count(1 ... 1_000_000_000, of: "calls"),
    default: "1200",
    needs: .keyFile,
    "Calls per minute of one user."
  )
  let userTokensPerMinute = Setting(
    "userTokensPerMinute",
    .count(1 ... 1_000_000_000, of: "tokens"),
    default: "600000",
    needs: .keyFile,
    "Tokens generated per minute for one user."
  )
  let userStreams = Setting(
    "userStreams",
    .count(1 ... 1_000_000_000, of: "texts"),
    default: "64",
    needs: .keyFile,
    "Texts at once of one user."
  )
  let anonymousRequestsPerMinute = Setting(
    "anonymousRequestsPerMinute",
    .count(1 ... 1_000_000_000, of: "calls"),
    default: "600",
    "Calls per minute from one address, without access tokens."
  )
  let anonymousTokensPerMinute = Setting(
    "anonymousTokensPerMinute",
    .count(1 ... 1_000_000_000, of: "tokens"),
    default: "300000",
    "Tokens per minute for one address, without access tokens."
  )
  let anonymousStreams = Setting(
    "anonymousStreams",
    .count(1 ... 1_000_000_000, of: "texts"),
    default: "32",
    "Texts at once for one address, without access tokens."
  )
}
