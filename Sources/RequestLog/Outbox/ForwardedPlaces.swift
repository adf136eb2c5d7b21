internal import Identifiers

/// What becomes of forwarded entries, beside those that a log has already.
package struct ForwardedPlaces {
  private var entries: [ULID: StoredEntry] = [:]
  private var keys: EntryKeys

  /// - Parameters:
  ///   - entries: those of the log that have ids of forwarded ones.
  ///   - keys: the entries of the log that have the forwarded ones' keys.
  package init(entries: [StoredEntry], keys: EntryKeys) {
    for entry in entries { self.entries[entry.id] = entry }
    self.keys = keys
  }

  /// Decides about an entry, and takes its id and its key.
  ///
  /// - Returns: the entry as it is to be stored, nil when it is not; and the outcome then.
  package mutating func place(_ entry: StoredEntry) -> (StoredEntry?, ForwardOutcome) {
    if let found = self.entries[entry.id] {
      // Perhaps stored without its key.
      let isThere = found.userID == entry.userID && found.isSame(as: entry)
      return (nil, isThere ? .stored : .refused(.idIsTaken))
    }
    var placed = entry
    // What another program has damaged is forwarded as it can be read.
    placed.damage = nil
    var outcome = ForwardOutcome.stored
    let key = EntryKeys.Key(entry)
    if let first = self.keys[key] {
      // Only what is equal: what one of them has more than the other is not lost.
      if first.content == entry.content, first.isSame(as: entry) {
        return (nil, .repeated(first.id))
      }
      placed.idempotencyKey = ""
      outcome = .storedWithoutKey(first.id)
    } else {
      self.keys[key] = placed
    }
    self.entries[entry.id] = placed
    return (placed, outcome)
  }
}
