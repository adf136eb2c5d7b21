import Testing

@testable import UpstreamGeneration

@Suite struct ReplicaHealthTests {
  /// Of a server whose rest is over at the time.
  private static func rested() -> (health: ReplicaHealth, now: ContinuousClock.Instant) {
    var health = ReplicaHealth()
    let start = ContinuousClock.now
    for _ in 1 ... 3 { health.fail(health.begin(), at: start, jitter: 0) }
    return (health, start + .seconds(1))
  }

  @Test func `one call tries a server after its rest`() {
    var (health, now) = Self.rested()
    #expect(!health.mayBeAsked(at: now - .milliseconds(1)))
    #expect(health.mayBeAsked(at: now))
    let trial = health.begin()
    #expect(trial != nil)
    #expect(!health.mayBeAsked(at: now))
    health.fail(trial, at: now, jitter: 0)
    // Twice as long as before.
    #expect(!health.mayBeAsked(at: now + .milliseconds(1999)))
    #expect(health.mayBeAsked(at: now + .seconds(2)))
  }

  @Test func `calls that were sent before do not decide a trial`() {
    var (health, now) = Self.rested()
    let trial = health.begin()
    health.fail(nil, at: now, jitter: 0)
    health.abandon(nil)
    // No other call, and no longer rest.
    #expect(!health.mayBeAsked(at: now))
    health.abandon(trial)
    #expect(health.mayBeAsked(at: now))
    let next = health.begin()
    #expect(next != trial)
    health.fail(trial, at: now, jitter: 0)
    #expect(!health.mayBeAsked(at: now))
    health.succeed()
    #expect(health.mayBeAsked(at: now))
    #expect(!health.isResting)
  }
}
