/// Gives entries their times and ids, each later than the one before.
///
/// The log's time never goes back: while the clock is behind the last entry, as after it was set
/// back, entries follow one another by a microsecond.
public struct EntryStamps: Sendable {
  /// What tells an entry from all others.
  public struct Stamp: Sendable {
    /// When the log took the entry.
    public let timestamp: Timestamp
    /// An id of that time's millisecond.
    public let id: ULID

    /// The stamp of an entry that a store has.
    public init(timestamp: Timestamp, id: ULID) {
      self.timestamp = timestamp
      self.id = id
    }
  }

  private var last: Stamp?

  /// Stamps for a log that has no entries.
  public init() {}

  /// Sees to it that the next entry comes after this one.
  public mutating func advance(past stamp: Stamp) {
    guard stamp.timestamp > self.last?.timestamp ?? Timestamp(microseconds: -1) else { return }
    self.last = stamp
  }

  /// The time and the id of the next entry.
  ///
  /// - Parameter now: what the clock says.
  public mutating func next(now: Timestamp) -> Stamp {
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
