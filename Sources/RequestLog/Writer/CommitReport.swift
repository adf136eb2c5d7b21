/// What one commit has done, for metrics.
public struct CommitReport: Sendable {
  /// How many callers it has answered.
  public var entries: Int
  public var duration: Duration
  /// Why all of its callers got an error, when they did.
  public var error: LogError?
}
