/// Where imported entries are stored, besides those that a log has already.
package struct ImportedPlaces {
  /// By the ids of imported entries.
  private var entries: [ULID: StoredEntry] = [:]
  private var keys: EntryKeys
  /// The last positions that are taken, by their times.
  private var last: [Timestamp: Position] = [:]

  /// - Parameters:
  ///   - entries: those of the log that have ids of imported ones.
  ///   - last: the last positions that are taken at the imported entries' times.
  ///   - keys: the entries of the log that have the imported ones' keys.
  package init(entries: [StoredEntry], last: [Position], keys: EntryKeys) {
    for entry in entries { self.entries[entry.id] = entry }
    for position in last { self.last[position.timestamp] = position }
    self.keys = keys
  }

  /// Finds the place of an entry, and takes it.
  ///
  /// - Parameter now: the log's own next entry must come after imported ones.
  /// - Returns: nil when the log has the entry.
  package mutating func place(
    _ entry: StoredEntry,
    now: Timestamp
  ) -> Result<Position?, LogError> {
    guard entry.timestamp <= now else { return .failure(.timeIsInTheFuture) }
    if let stored = self.entries[entry.id] {
      return stored == entry ? .success(nil) : .failure(.idIsTaken)
    }
    let key = EntryKeys.Key(entry)
    if self.keys[key] != nil { return .failure(.keyInUse) }
    let position = self.last[entry.timestamp]?.next ?? Position(firstAt: entry.timestamp)
    guard position.timestamp == entry.timestamp else { return .failure(.timeIsCrowded) }
    self.last[entry.timestamp] = position
    self.entries[entry.id] = entry
    self.keys[key] = entry
    return .success(position)
  }
}
