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
      var outcomes: [ImportOutcome] = []
      for entry in entries {
        outcomes.append(try self.importEntry(entry, now: now, connection))
        if case .failed = outcomes.last { break }
      }
      return outcomes
    }
    self.news.announce()
    return outcomes
  }

  private func importEntry(
    _ entry: StoredEntry,
    now: Timestamp,
    _ connection: Connection
  ) throws(SQLiteError) -> ImportOutcome {
    // The log's own next entry must come after it.
    guard entry.timestamp <= now else {
      return .failed(.timeIsInTheFuture)
    }
    if let row = try connection.row(entry.id) {
      return row.entry == entry ? .skipped : .failed(.idIsTaken)
    }
    if try connection.entry(of: entry.userID, key: entry.idempotencyKey) != nil {
      return .failed(.keyInUse)
    }
    guard let position = try self.freePosition(at: entry.timestamp, connection) else {
      return .failed(.timeIsCrowded)
    }
    let row = EntryRow(position: position, entry: entry)
    try row.insert(into: connection)
    self.backlog.add(entries: 1, bytes: row.entry.size)
    self.stamps.advance(past: .init(timestamp: entry.timestamp, id: entry.id))
    return .added
  }

  /// - Returns: nil when all positions of the time are taken.
  private func freePosition(
    at time: Timestamp,
    _ connection: Connection
  ) throws(SQLiteError) -> Position? {
    let first = Position(firstAt: time)
    let end = Position(rawValue: first.rawValue + 1 << Position.tieBits)
    let sql = "SELECT max(position) FROM entries WHERE position >= ?1 AND position < ?2"
    let last = try connection.withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.bind(first.rawValue, at: 1)
      try statement.bind(end.rawValue, at: 2)
      return try statement.step() ? statement.integer(at: 0) : nil
    }
    guard let last else { return first }
    return last + 1 < end.rawValue ? Position(rawValue: last + 1) : nil
  }
}
