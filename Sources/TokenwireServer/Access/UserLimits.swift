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
}
