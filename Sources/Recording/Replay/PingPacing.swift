internal import TTRPC

/// Keeps the PINGs of a replay as far apart as the server requires, if the recorded ones were:
/// otherwise a fast replay would look like an attack.
struct PingPacing {
  private let interval: Duration
  private var last: (recorded: Duration, replayed: ContinuousClock.Instant)?

  init(_ plan: ReplayPlan.Connection) {
    var interval = Duration.zero
    for case .frame(let frame) in plan.said {
      if case .settings(let settings)? = try? ExtensionFrame(frame) {
        interval = .milliseconds(settings.minPingInterval)
      }
    }
    self.interval = interval
  }

  /// Waits until the PING recorded at this time may be sent.
  mutating func wait(_ recorded: Duration) async throws {
    if let last, recorded - last.recorded >= self.interval {
      try await Task.sleep(until: last.replayed + self.interval)
    }
    self.last = (recorded, .now)
  }
}
