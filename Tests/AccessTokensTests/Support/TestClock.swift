import AccessTokens
import Synchronization

/// A clock that stands still until it is set.
final class TestClock: Sendable {
  private let time = Mutex(1_800_000_000.0)

  var seconds: Double {
    get { self.time.withLock { $0 } }
    set { self.time.withLock { $0 = newValue } }
  }

  var now: @Sendable () -> NumericDate {
    { NumericDate(secondsSinceEpoch: self.seconds) }
  }
}
