#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Negative before 1970.
  public var microseconds: Int64

  /// The point in time so many microseconds after 1970 began in UTC.
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The clock of the machine.
  public static func now() -> Timestamp {
    var time = timespec()
    // Fails only for a clock that is not there.
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  public static func < (one: Timestamp, other: Timestamp) -> Bool {
    one.microseconds < other.microseconds
  }
}

extension Timestamp {
  /// The times that an entry may have, in all stores: from 1970 up to the year 3111. They leave a
  /// store 8 bits of an `Int64` to tell entries of one time apart.
  public static let representable =
    Timestamp(microseconds: 0) ... Timestamp(microseconds: Int64.max >> 8 - 1)

  /// The whole milliseconds since 1970.
  public var milliseconds: Int64 { self.microseconds / 1000 }
}
