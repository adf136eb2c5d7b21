internal import FrameRPC
internal import Identifiers
internal import Synchronization

/// Slows down whoever shows tokens that are no good: an address has a number of tries a minute, so
/// that guessing is slow and the log cannot be flooded.
final class FailedChecks: Sendable {
  /// Tries in a minute, from one address.
  static let perMinute = 30

  private let now: @Sendable () -> ContinuousClock.Instant
  private let addresses = Mutex<[Identifier: TokenBucket]>([:])

  /// From this many addresses on, those that have not tried of late are forgotten.
  private static let sweepThreshold = 4096

  init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.now = now
  }

  /// - Throws: `resourceExhausted` when the address has no try left: what it shows is not looked at.
  func check(_ address: Identifier) throws(CallError) {
    let now = self.now()
    let wait = self.addresses.withLock { $0[address]?.wait(for: 1, at: now) }
    if let wait {
      throw CallError(
        .resourceExhausted,
        "Your address has shown too many tokens that are no good: call again later",
        retryAfter: wait
      )
    }
  }

  /// The address has shown a token that is no good.
  func count(_ address: Identifier) {
    let now = self.now()
    self.addresses.withLock { addresses in
      if addresses.count >= Self.sweepThreshold {
        addresses = addresses.filter { _, bucket in
          var bucket = bucket
          return !bucket.isFull(at: now)
        }
      }
      addresses[address, default: TokenBucket(perMinute: Self.perMinute, now: now)]
        .take(1, at: now)
    }
  }
}
