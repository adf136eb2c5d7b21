internal import RequestLog

/// Entries that are stored together, and what has become of them.
struct EntryGroup {
  let entries: [ValidEntry]
  /// Since when they wait.
  let start = ContinuousClock.now
  /// Nil while an entry is not stored.
  private(set) var outcomes: [Result<StoredEntry, LogError>?]

  init(_ entries: [ValidEntry]) {
    self.entries = entries
    self.outcomes = entries.map { _ in nil }
  }

  var isDone: Bool { !self.outcomes.contains { $0 == nil } }

  /// The idempotency keys of entries without an outcome.
  var openKeys: [EntryKeys.Key] {
    self.openIndices.compactMap { EntryKeys.Key(self.entries[$0]) }
  }

  private var openIndices: [Int] {
    self.outcomes.indices.filter { self.outcomes[$0] == nil }
  }

  /// Answers those whose keys are stored.
  ///
  /// - Returns: the indices of those that are to be stored: of entries with one key, only the first.
  mutating func resolve(by stored: EntryKeys) -> [Int] {
    var seen: Set<EntryKeys.Key> = []
    var indices: [Int] = []
    for index in self.openIndices {
      let entry = self.entries[index]
      guard let key = EntryKeys.Key(entry) else {
        indices.append(index)
        continue
      }
      if let found = stored[key] {
        self.outcomes[index] = found.isSame(as: entry) ? .success(found) : .failure(.keyInUse)
      } else if seen.insert(key).inserted {
        indices.append(index)
      }
    }
    return indices
  }

  /// An entry at a position, with an id for it.
  func row(_ index: Int, at position: Position) -> EntryDocument {
    let stamp = EntryStamps.Stamp(timestamp: position.timestamp, id: ULID(at: position))
    return EntryDocument(
      position: position,
      entry: StoredEntry(self.entries[index], stamp)
    )
  }

  mutating func end(_ index: Int, _ outcome: Result<StoredEntry, LogError>) {
    self.outcomes[index] = outcome
  }

  /// Fails all that have no outcome.
  mutating func fail(_ error: LogError) {
    for index in self.openIndices { self.outcomes[index] = .failure(error) }
  }
}
