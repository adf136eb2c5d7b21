/// Gives entries their times and ids, each later than the one before.
///
/// The log's time never goes back: while the clock is behind the last entry, as after it was set
/// back, entries follow one another by a microsecond.
struct EntryStamps: Sendable {
  struct Stamp: Sendable {
    var timestamp: Timestamp
    var id: ULID
  }

  private(set) var last: Stamp?

  /// The next entry comes after this one.
  mutating func advance(past stamp: Stamp) {
    guard stamp.timestamp > self.last?.timestamp ?? Timestamp(microseconds: -1) else { return }
    self.last = stamp
  }

  mutating func next(now: Timestamp) -> Stamp {
    let range = Timestamp.representable
    var time = min(max(now, range.lowerBound), range.upperBound)
    guard let last = self.last else {
      let stamp = Stamp(timestamp: time, id: ULID(milliseconds: time.milliseconds))
      self.last = stamp
      return stamp
    }
    time = max(time, Timestamp(microseconds: last.timestamp.microseconds.addingClamped(1)))
    var id: ULID?
    if last.id.milliseconds == time.milliseconds {
      id = last.id.next
      // An id that was imported may be the last of its millisecond.
      if id == nil { time = Timestamp(microseconds: (time.milliseconds + 1) * 1000) }
    }
    let stamp = Stamp(timestamp: time, id: id ?? ULID(milliseconds: time.milliseconds))
    self.last = stamp
    return stamp
  }
}
