import NIOCore
import Testing

/// Runs `body` with times that grow until one was long enough: a machine that is busy may not keep
/// a short one.
///
/// - Parameter body: returns false, or fails with the connection, when it needs more time.
func withGrowingTime(
  from first: Duration,
  sourceLocation: SourceLocation = #_sourceLocation,
  _ body: (Duration) async throws -> Bool
) async throws {
  var time = first
  var isDone = false
  while !isDone && time < .seconds(60) {
    do {
      isDone = try await body(time)
    } catch is ChannelError, is IOError {}
    time *= 4
  }
  #expect(isDone, sourceLocation: sourceLocation)
}
