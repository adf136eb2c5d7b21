#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A time as tokens hold it: seconds since 1970-01-01T00:00:00Z, without leap seconds, and with a
/// fraction if need be (RFC 7519 section 2).
public struct NumericDate: Hashable, Comparable, Sendable {
  public var secondsSinceEpoch: Double

  public init(secondsSinceEpoch: Double) {
    self.secondsSinceEpoch = secondsSinceEpoch
  }

  /// What a token may say: the years 1970 to 9999. Other numbers are mistakes.
  static let range =
    NumericDate(secondsSinceEpoch: 0) ... NumericDate(secondsSinceEpoch: 253_402_300_799)

  /// The time of the system's clock.
  public static var now: NumericDate {
    var time = timespec()
    // Fails for clocks that are not there; this one always is.
    clock_gettime(CLOCK_REALTIME, &time)
    return NumericDate(secondsSinceEpoch: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
  }

  public static func < (left: NumericDate, right: NumericDate) -> Bool {
    left.secondsSinceEpoch < right.secondsSinceEpoch
  }

  public static func + (date: NumericDate, duration: Duration) -> NumericDate {
    date + duration / .seconds(1)
  }

  public static func - (date: NumericDate, duration: Duration) -> NumericDate {
    date - duration / .seconds(1)
  }

  static func + (date: NumericDate, seconds: Double) -> NumericDate {
    NumericDate(secondsSinceEpoch: date.secondsSinceEpoch + seconds)
  }

  static func - (date: NumericDate, seconds: Double) -> NumericDate {
    NumericDate(secondsSinceEpoch: date.secondsSinceEpoch - seconds)
  }

  /// To the microsecond, which is as much as the digits of a `Double` and of a clock are worth.
  var rounded: NumericDate {
    NumericDate(secondsSinceEpoch: (self.secondsSinceEpoch * 1e6).rounded() / 1e6)
  }

  /// The next whole second, or this one.
  var roundedUp: NumericDate {
    NumericDate(secondsSinceEpoch: self.secondsSinceEpoch.rounded(.up))
  }
}
