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
      ImportedPlaces.read(entries)
      + EntryKeys.read(
        entries.map { (userID: $0.userID, key: $0.idempotencyKey) }
      )
    let outcomes = try self.transaction(reading: statements) { end, read in
      var places = ImportedPlaces(read)
      var keys = EntryKeys(read.count > ImportedPlaces.statementCount ? read.last : nil)
      let now = self.configuration.clock?() ?? end.now
      var rows: [EntryRow] = []
      var outcomes: [ImportOutcome] = []
      for (entry, words) in zip(entries, words) {
        let outcome = Self.outcome(of: entry, now: now, &places, &keys)
        switch outcome {
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

  /// - Returns: where the entry is to be stored; nil when the log has it.
  private static func outcome(
    of entry: StoredEntry,
    now: Timestamp,
    _ places: inout ImportedPlaces,
    _ keys: inout EntryKeys
  ) -> Result<Position?, LogError> {
    // The log's own next entry must come after it.
    guard entry.timestamp <= now else { return .failure(.timeIsInTheFuture) }
    if let stored = places.entries[entry.id] {
      return stored == entry ? .success(nil) : .failure(.idIsTaken)
    }
    if keys[entry.userID, entry.idempotencyKey] != nil { return .failure(.keyInUse) }
    guard let position = places.take(at: entry.timestamp) else { return .failure(.timeIsCrowded) }
    places.entries[entry.id] = entry
    keys[entry.userID, entry.idempotencyKey] = entry
    return .success(position)
  }
}

/// What is stored already at the ids and times of imported entries.
private struct ImportedPlaces {
  static let statementCount = 2

  /// By the ids of imported entries.
  var entries: [ULID: StoredEntry] = [:]
  /// The last positions that are taken, by their times.
  private var last: [Timestamp: Position] = [:]

  static func read(_ entries: [StoredEntry]) -> [Statement] {
    let ranges = entries.map { Position.range(of: $0.id) }
    return [
      Statement(
        """
        SELECT \(EntryRow.columns)
          FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS given (start, stop, given_id)
          JOIN tokenwire.entries ON position >= start AND position < stop AND id = given_id
        """,
        .bigints(ranges.map(\.lowerBound.rawValue)),
        .bigints(ranges.map(\.upperBound.rawValue)),
        .texts(entries.map(\.id.description))
      ),
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

  /// - Parameter read: the results of `read`.
  init(_ read: [Rows]) {
    for row in 0 ..< read[0].count {
      let entry = EntryRow(read[0], row).entry
      self.entries[entry.id] = entry
    }
    for row in 0 ..< read[1].count {
      guard let last = read[1].integer(row, 0).map(Position.init(rawValue:)) else { continue }
      self.last[last.timestamp] = last
    }
  }

  /// - Returns: nil when all positions of the time are taken.
  mutating func take(at time: Timestamp) -> Position? {
    let position = self.last[time]?.next ?? Position(firstAt: time)
    guard position.timestamp == time else { return nil }
    self.last[time] = position
    return position
  }
}
