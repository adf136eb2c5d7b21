/// The limits of one user.
public struct UserLimits: Hashable, Sendable {
  /// Calls per minute.
  public var requestsPerMinute: Int
  /// Tokens generated per minute.
  public var tokensPerMinute: Int
  /// Concurrent generated texts.
  public var streams: Int

  /// Creates limits, each at least 1.
  public init(requestsPerMinute: Int, tokensPerMinute: Int, streams: Int) {
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
    self.streams = streams
  }

  /// The default for a user: 1,200 calls and 600,000 tokens per minute, and 64 concurrent texts.
  public static let users = UserLimits(
    requestsPerMinute: 1_200,
    tokensPerMinute: 600_000,
    streams: 64
  )

  /// The default for an address without access tokens: half of that.
  public static let anonymous = UserLimits(
    requestsPerMinute: 600,
    tokensPerMinute: 300_000,
    streams: 32
  )
}
