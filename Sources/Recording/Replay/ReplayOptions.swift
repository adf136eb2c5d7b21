/// How a recording is replayed.
public struct ReplayOptions: Hashable, Sendable {
  /// How fast clients send: at the recorded times divided by this; nil is as fast as servers
  /// answer. Default nil.
  public var speed: Double?
  /// How answers are compared. Default by meaning.
  public var match: ReplayMatch
  /// Replaces redacted access tokens; nil leaves them redacted, so that servers refuse them.
  public var token: String?
  /// How long the server may send nothing while a step, or the end, waits for it. Default 30 s.
  public var patience: Duration

  /// Creates options; omitted ones have their defaults.
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
