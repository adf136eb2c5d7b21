internal import RequestLog
internal import SQLite

extension LogWriter {
  /// Stores entries unchanged, up to the first that fails.
  ///
  /// - Returns: an outcome for each entry, up to the failed one.
  func importBatch(_ entries: [StoredEntry]) throws(LogError) -> [ImportOutcome] {
    try self.boundBacklog()
    let now = self.configuration.clock()
    let outcomes = try self.transaction { (connection) throws(SQLiteError) in
      var places = try connection.places(of: entries)
      var outcomes: [ImportOutcome] = []
      for entry in entries {
        // The log's own next entry must come after it.
        switch places.place(entry, now: now) {
        case .success(let position?):
          try EntryRow(position: position, entry: entry).insert(into: connection)
          self.backlog.add(entries: 1, bytes: entry.size)
          self.stamps.advance(past: .init(timestamp: entry.timestamp, id: entry.id))
          outcomes.append(.added)
        case .success(nil): outcomes.append(.skipped)
        case .failure(let error): outcomes.append(.failed(error))
        }
        if case .failed = outcomes.last { break }
      }
      return outcomes
    }
    self.news.announce()
    return outcomes
  }
}

extension Connection {
  /// What the log has at the ids, times and keys of imported entries.
  fileprivate func places(of entries: [StoredEntry]) throws(SQLiteError) -> ImportedPlaces {
    var (same, last, keyed): ([StoredEntry], [Position], [StoredEntry]) = ([], [], [])
    for entry in entries {
      if let row = try self.row(entry.id) { same.append(row.entry) }
      if let position = try self.lastPosition(at: entry.timestamp) { last.append(position) }
      if let entry = try self.entry(of: entry.userID, key: entry.idempotencyKey) {
        keyed.append(entry)
      }
    }
    return ImportedPlaces(entries: same, last: last, keys: EntryKeys(keyed))
  }

  /// - Returns: nil when the log has no entry at this time.
  private func lastPosition(at time: Timestamp) throws(SQLiteError) -> Position? {
    let first = Position(firstAt: time).rawValue
    let sql = "SELECT max(position) FROM entries WHERE position >= ?1 AND position < ?2"
    return try self.withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.bind(first, at: 1)
      try statement.bind(first + 1 << Position.tieBits, at: 2)
      return try statement.step() ? statement.integer(at: 0).map(Position.init(rawValue:)) : nil
    }
  }
}
