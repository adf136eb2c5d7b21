/// How much one user may ask for.
public struct UserLimits: Hashable, Sendable {
  /// Calls in a minute.
  public var requestsPerMinute: Int
  /// Tokens generated in a minute.
  public var tokensPerMinute: Int
  /// Texts generated at once.
  public var streams: Int

  /// Creates limits of at least 1 each.
  public init(requestsPerMinute: Int, tokensPerMinute: Int, streams: Int) {
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
    self.streams = streams
  }

  /// What a user has by default: 1,200 calls and 600,000 tokens in a minute, and 64 texts at once.
  public static let users = UserLimits(
    requestsPerMinute: 1_200,
    tokensPerMinute: 600_000,
    streams: 64
  )

  /// What an address without a token has by default: half of that.
  public static let anonymous = UserLimits(
    requestsPerMinute: 600,
    tokensPerMinute: 300_000,
    streams: 32
  )
}
