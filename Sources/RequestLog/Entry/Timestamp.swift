#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z, negative before.
  public var microseconds: Int64

  /// The time that many microseconds after 1970-01-01T00:00:00Z.
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The time of the machine's clock.
  public static func now() -> Timestamp {
    var time = timespec()
    // It fails only for a clock that does not exist.
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// Whether `one` is earlier.
  public static func < (one: Timestamp, other: Timestamp) -> Bool {
    one.microseconds < other.microseconds
  }
}

extension Timestamp {
  /// The times that an entry may have, in all stores: from 1970 up to the year 3111. They leave a
  /// store 8 bits of an `Int64` to distinguish entries of one time.
  public static let representable =
    Timestamp(microseconds: 0) ... Timestamp(microseconds: Int64.max >> 8 - 1)

  /// The whole milliseconds since 1970.
  public var milliseconds: Int64 { self.microseconds / 1000 }
}
