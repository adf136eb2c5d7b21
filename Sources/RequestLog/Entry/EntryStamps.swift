/// Gives entries increasing times and ids.
///
/// The log's time never goes back: while the clock is behind the last entry, each entry is a
/// microsecond after the one before.
public struct EntryStamps: Sendable {
  /// The unique time and id of an entry.
  public struct Stamp: Sendable {
    /// When the log accepted the entry.
    public let timestamp: Timestamp
    /// An id in the millisecond of that time.
    public let id: ULID

    /// The stamp of a stored entry.
    public init(timestamp: Timestamp, id: ULID) {
      self.timestamp = timestamp
      self.id = id
    }
  }

  private var last: Stamp?

  /// Stamps for a log that has no entries.
  public init() {}

  /// Makes the next stamp come after this one.
  public mutating func advance(past stamp: Stamp) {
    guard stamp.timestamp > self.last?.timestamp ?? Timestamp(microseconds: -1) else { return }
    self.last = stamp
  }

  /// The time and the id of the next entry.
  ///
  /// - Parameter now: the time of the clock.
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
      // An imported id may be the last one of its millisecond.
      if id == nil { time = Timestamp(microseconds: (time.milliseconds + 1) * 1000) }
    }
    let stamp = Stamp(timestamp: time, id: id ?? ULID(milliseconds: time.milliseconds))
    self.last = stamp
    return stamp
  }
}
