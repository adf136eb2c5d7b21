/// The position of an entry in the log: the key of its row, by which entries are read and paged.
///
/// The time in microseconds, then 8 bits to distinguish entries of one microsecond. The log itself
/// gives every entry a different time; imported entries may share one.
package struct Position: Hashable, Comparable, Sendable {
  /// `Timestamp.representable` leaves room for these bits.
  package static let tieBits = 8

  package let rawValue: Int64

  /// The position with this number.
  package init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// The first position of a time, clamped to the range of positions.
  package init(firstAt time: Timestamp) {
    let range = Timestamp.representable
    let time = min(max(time, range.lowerBound), range.upperBound)
    self.init(rawValue: time.microseconds << Self.tieBits)
  }

  /// The next position; the last one is its own next.
  package var next: Position { Position(rawValue: self.rawValue.addingClamped(1)) }

  /// The time of an entry at this position.
  package var timestamp: Timestamp { Timestamp(microseconds: self.rawValue >> Self.tieBits) }

  /// The positions of all entries in the millisecond of an id.
  package static func range(of id: ULID) -> Range<Position> {
    let start = Position(firstAt: Timestamp(microseconds: id.milliseconds * 1000))
    return start ..< Position(firstAt: Timestamp(microseconds: (id.milliseconds + 1) * 1000))
  }

  /// Whether `one` comes first.
  package static func < (one: Position, other: Position) -> Bool {
    one.rawValue < other.rawValue
  }
}
