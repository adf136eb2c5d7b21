/// How a recording is played again.
public struct ReplayOptions: Hashable, Sendable {
  /// How fast clients send: at the times of the recording divided by this; nil is as fast as servers
  /// answer. Default nil.
  public var speed: Double?
  /// Default by meaning.
  public var match: ReplayMatch
  /// What stands in the place of access tokens that were redacted; nil leaves them redacted, so that
  /// servers refuse them.
  public var token: String?
  /// How long nothing may come from the server while a step, or the end, waits for it. Default 30 s.
  public var patience: Duration

  /// Creates options; those that are not given have their defaults.
  public init(
    speed: Double? = nil,
    match: ReplayMatch = .semantic,
    token: String? = nil,
    patience: Duration = .seconds(30)
  ) {
    self.speed = speed
    self.match = match
    self.token = token
    self.patience = patience
  }
}
