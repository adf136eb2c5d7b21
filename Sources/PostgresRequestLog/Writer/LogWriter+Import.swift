internal import Identifiers
internal import PostgreSQL
internal import RequestLog

extension LogWriter {
  /// Stores entries unchanged, up to the first that fails.
  ///
  /// - Returns: an outcome for each entry, up to the failed one.
  func importBatch(_ entries: [StoredEntry]) throws(LogError) -> [ImportOutcome] {
    if self.isClosed { throw .closed }
    let words = entries.map { self.words(of: $0.content) }
    let statements =
      ImportedPlaces.read(entries) + EntryKeys.read(entries.compactMap { EntryKeys.Key($0) })
    let outcomes = try self.transaction(reading: statements) { end, read in
      var places = ImportedPlaces(read)
      let now = self.configuration.clock?() ?? end.now
      var rows: [EntryRow] = []
      var outcomes: [ImportOutcome] = []
      for (entry, words) in zip(entries, words) {
        switch places.place(entry, now: now) {
        case .success(let position?):
          rows.append(EntryRow(position: position, entry: entry, words: words))
          outcomes.append(.added)
        case .success(nil): outcomes.append(.skipped)
        case .failure(let error): outcomes.append(.failed(error))
        }
        if case .failed = outcomes.last { break }
      }
      return (rows, outcomes)
    }
    self.announce()
    return outcomes
  }
}

extension ImportedPlaces {
  /// Reads what the log has at the ids and times of imported entries.
  fileprivate static func read(_ entries: [StoredEntry]) -> [Statement] {
    [
      EntryRow.find(entries.map(\.id)),
      Statement(
        """
        SELECT (
          SELECT max(position) FROM tokenwire.entries
            WHERE position >= start AND position < start + \(1 << Position.tieBits)
        ) FROM unnest($1::bigint[]) AS given (start)
        """,
        .bigints(entries.map { Position(firstAt: $0.timestamp).rawValue })
      ),
    ]
  }

  /// - Parameter read: the results of `read`, and of those of the entries' keys, if they have some.
  fileprivate init(_ read: [Rows]) {
    let (entries, times) = (read[0], read[1])
    self.init(
      entries: (0 ..< entries.count).map { EntryRow(entries, $0).entry },
      last: (0 ..< times.count).compactMap { times.integer($0, 0).map(Position.init(rawValue:)) },
      keys: EntryKeys(read.count > 2 ? read[2] : nil)
    )
  }
}
