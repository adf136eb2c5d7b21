/// When a call that was certainly not processed is made again: exponential backoff with jitter
/// (https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md).
///
/// These are: the server could not be reached, it refused the call with `unavailable` before its
/// first response, or it closed the connection and said that the call came too late.
public struct RetryPolicy: Hashable, Sendable {
  /// How often a call is tried, the first time included; 1 never tries again. Default 5.
  public var maximumAttempts: Int
  /// The wait after the first failure. Default 200 ms.
  public var initialBackoff: Duration
  /// The longest wait. Default 5 s.
  public var maximumBackoff: Duration
  /// How much longer each wait is than the one before. Default 2.
  public var multiplier: Double
  /// Each wait is longer or shorter by a random part of itself, at most this. Default 0.2.
  public var jitter: Double

  /// Creates a policy; what is not given has its default.
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

  /// Calls fail at their first failure.
  public static let never = RetryPolicy(maximumAttempts: 1)

  /// How long to wait after that many failures in a row, at least 1.
  ///
  /// - Parameter chance: from -1 to 1, where in the jitter's range the wait lies.
  func backoff(after failures: Int, chance: Double = .random(in: -1 ... 1)) -> Duration {
    var growth = 1.0
    for _ in 1 ..< max(1, failures) { growth *= self.multiplier }
    let seconds = self.initialBackoff / .seconds(1) * growth
    let limit = self.maximumBackoff / .seconds(1)
    return .seconds(min(seconds, limit) * (1 + self.jitter * chance))
  }
}
