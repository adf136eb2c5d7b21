internal import NIOCore

/// No time was long enough.
package struct TimeIsTooShort: Error {}

/// Runs `body` with times that grow until one was long enough: a machine that is busy may not keep
/// a short one.
///
/// - Parameter body: returns false, or fails with the connection, when it needs more time.
/// - Throws: `TimeIsTooShort` above a minute, and what `body` throws.
package func withGrowingTime(
  from first: Duration,
  _ body: (Duration) async throws -> Bool
) async throws {
  var time = first
  while time < .seconds(60) {
    do {
      if try await body(time) { return }
    } catch is ChannelError, is IOError {}
    time *= 4
  }
  throw TimeIsTooShort()
}
