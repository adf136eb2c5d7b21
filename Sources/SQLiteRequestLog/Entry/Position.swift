internal import RequestLog

/// Where an entry is in the log: the key of its row, which all reading and paging goes by.
///
/// The time in microseconds, then 8 bits that tell entries of one microsecond apart. The log itself
/// never gives two entries the same time; entries that are imported from another log may share one.
struct Position: Hashable, Comparable, Sendable {
  /// `Timestamp.representable` leaves room for these.
  static let tieBits = 8

  let rawValue: Int64

  init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// The first place of a time. Times before and after what a place can hold have its first and
  /// last one.
  init(firstAt time: Timestamp) {
    let range = Timestamp.representable
    let time = min(max(time, range.lowerBound), range.upperBound)
    self.init(rawValue: time.microseconds << Self.tieBits)
  }

  /// The place after this one; the last has none.
  var next: Position { Position(rawValue: self.rawValue.addingClamped(1)) }

  var timestamp: Timestamp { Timestamp(microseconds: self.rawValue >> Self.tieBits) }

  /// The places of all entries whose ids share this one's millisecond.
  static func range(of id: ULID) -> Range<Position> {
    let start = Position(firstAt: Timestamp(microseconds: id.milliseconds * 1000))
    return start ..< Position(firstAt: Timestamp(microseconds: (id.milliseconds + 1) * 1000))
  }

  static func < (one: Position, other: Position) -> Bool {
    one.rawValue < other.rawValue
  }
}
