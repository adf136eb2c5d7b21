#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var microseconds: Int64

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
  /// What an entry's place in the log can hold: up to the year 3111.
  static let representable =
    Timestamp(microseconds: 0) ... Timestamp(microseconds: Int64.max >> Position.tieBits - 1)

  var milliseconds: Int64 { self.microseconds / 1000 }
}
