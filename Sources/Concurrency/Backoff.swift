/// How long to wait before the next attempt to connect.
///
/// The times double, up to a limit; they differ at random, so that the nodes of a cluster do not all
/// come back to a database at once.
public struct Backoff: Sendable {
  private static let first = Duration.milliseconds(50)
  private static let longest = Duration.seconds(15)

  private var failures = 0

  /// Creates one before the first failure.
  public init() {}

  /// The pause after one more failure.
  public mutating func next() -> Duration {
    let doubled = Self.first * (1 << min(self.failures, 10))
    self.failures += 1
    return min(doubled, Self.longest) * Double.random(in: 0.5 ... 1)
  }
}
