#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A time as access tokens store it: seconds since 1970-01-01T00:00:00Z without leap seconds, with
/// an optional fraction (RFC 7519 section 2).
public struct NumericDate: Hashable, Comparable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z.
  public var secondsSinceEpoch: Double

  /// Creates a time from seconds since 1970-01-01T00:00:00Z.
  public init(secondsSinceEpoch: Double) {
    self.secondsSinceEpoch = secondsSinceEpoch
  }

  /// The times that a token may have: the years 1970 to 9999.
  static let range =
    NumericDate(secondsSinceEpoch: 0) ... NumericDate(secondsSinceEpoch: 253_402_300_799)

  /// The current time of the system's clock.
  public static var now: NumericDate {
    var time = timespec()
    // It fails only for clocks that do not exist; this one always does.
    clock_gettime(CLOCK_REALTIME, &time)
    return NumericDate(secondsSinceEpoch: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
  }

  /// Whether `left` is earlier.
  public static func < (left: NumericDate, right: NumericDate) -> Bool {
    left.secondsSinceEpoch < right.secondsSinceEpoch
  }

  /// The time after a duration.
  public static func + (date: NumericDate, duration: Duration) -> NumericDate {
    date + duration / .seconds(1)
  }

  /// The time before a duration.
  public static func - (date: NumericDate, duration: Duration) -> NumericDate {
    date - duration / .seconds(1)
  }

  static func + (date: NumericDate, seconds: Double) -> NumericDate {
    NumericDate(secondsSinceEpoch: date.secondsSinceEpoch + seconds)
  }

  static func - (date: NumericDate, seconds: Double) -> NumericDate {
    NumericDate(secondsSinceEpoch: date.secondsSinceEpoch - seconds)
  }

  /// Rounded to microseconds, the precision of a `Double` here.
  var rounded: NumericDate {
    NumericDate(secondsSinceEpoch: (self.secondsSinceEpoch * 1e6).rounded() / 1e6)
  }

  /// The next whole second, or this one.
  var roundedUp: NumericDate {
    NumericDate(secondsSinceEpoch: self.secondsSinceEpoch.rounded(.up))
  }
}
