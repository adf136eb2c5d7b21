/// When calls that were certainly not processed are retried: exponential backoff with jitter
/// (https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md).
///
/// These are calls for which the server could not be reached, answered `unavailable` before its
/// first response, or said that they came too late.
public struct RetryPolicy: Hashable, Sendable {
  /// The number of attempts, including the first; 1 never retries. Default 5.
  public var maximumAttempts: Int
  /// The wait after the first failure. Default 200 ms.
  public var initialBackoff: Duration
  /// The longest wait. Default 5 s.
  public var maximumBackoff: Duration
  /// The factor between one wait and the next. Default 2.
  public var multiplier: Double
  /// The largest random part by which a wait is longer or shorter. Default 0.2.
  public var jitter: Double

  /// Creates a policy.
  public init(
    maximumAttempts: Int = 5,
    initialBackoff: Duration = .milliseconds(200),
    maximumBackoff: Duration = .seconds(5),
    multiplier: Double = 2,
    jitter: Double = 0.2
  ) {
    self.maximumAttempts = maximumAttempts
    self.initialBackoff = initialBackoff
    self.maximumBackoff = maximumBackoff
    self.multiplier = multiplier
    self.jitter = jitter
  }

  /// Never retries.
  public static let never = RetryPolicy(maximumAttempts: 1)

  /// How long to wait after a number of failures in a row, at least 1.
  ///
  /// - Parameter chance: where in the jitter's range the wait is, from -1 to 1.
  func backoff(after failures: Int, chance: Double = .random(in: -1 ... 1)) -> Duration {
    var growth = 1.0
    for _ in 1 ..< max(1, failures) { growth *= self.multiplier }
    let seconds = self.initialBackoff / .seconds(1) * growth
    let limit = self.maximumBackoff / .seconds(1)
    return .seconds(min(seconds, limit) * (1 + self.jitter * chance))
  }
}
