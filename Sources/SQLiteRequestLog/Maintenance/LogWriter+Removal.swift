internal import Identifiers
internal import RequestLog
internal import SQLite

/// Removals are transactions that take a few milliseconds each; commits run between them.
extension LogWriter {
  /// The limits of one transaction; the index of words takes most of the time.
  private static let batchCount = 100
  private static let batchBytes = 1 << 20

  /// Removes some of the oldest entries before `end`, up to `maximumBytes` or a little more.
  func removeBatch(
    before end: Position,
    maximumBytes: Int = .max
  ) throws(LogError) -> Removal {
    try self.removeBatch(
      "SELECT position, bytes FROM entries WHERE position < ?1 ORDER BY position",
      before: end,
      maximumBytes: min(maximumBytes, Self.batchBytes)
    ) { (_) throws(SQLiteError) in }
  }

  /// Removes some of a user's entries before `end`.
  func removeBatch(of userID: Identifier, before end: Position) throws(LogError) -> Removal {
    try self.removeBatch(
      "SELECT position, bytes FROM entries WHERE position < ?1 AND user_id = ?2 ORDER BY position",
      before: end,
      maximumBytes: Self.batchBytes
    ) { (statement) throws(SQLiteError) in try statement.bind(userID, at: 2) }
  }

  /// Removes entries by their ids, in one transaction.
  func remove(_ ids: [ULID]) throws(LogError) {
    try self.transaction { (connection) throws(SQLiteError) in
      let sql = "DELETE FROM entries WHERE position >= ?1 AND position < ?2 AND id = ?3"
      for id in ids {
        let range = Position.range(of: id)
        try connection.withStatement(sql) { (statement) throws(SQLiteError) in
          try statement.bind(range.lowerBound.rawValue, at: 1)
          try statement.bind(range.upperBound.rawValue, at: 2)
          try statement.bind(id.description, at: 3)
          try statement.run()
        }
      }
    }
  }

  private func removeBatch(
    _ selection: String,
    before end: Position,
    maximumBytes: Int,
    bind: (Statement) throws(SQLiteError) -> Void
  ) throws(LogError) -> Removal {
    let removal = try self.transaction { (connection) throws(SQLiteError) in
      var removal = Removal.none
      var positions: [Int64] = []
      try connection.withStatement(selection) { (statement) throws(SQLiteError) in
        try statement.bind(end.rawValue, at: 1)
        try bind(statement)
        while positions.count < Self.batchCount, removal.bytes < maximumBytes,
          try statement.step()
        {
          positions.append(statement.integer(at: 0) ?? 0)
          removal.add(Removal(entries: 1, bytes: max(Int(statement.integer(at: 1) ?? 0), 0)))
        }
      }
      for position in positions {
        let sql = "DELETE FROM entries WHERE position = ?1"
        try connection.withStatement(sql) { (statement) throws(SQLiteError) in
          try statement.bind(position, at: 1)
          try statement.run()
        }
      }
      return removal
    }
    self.removedBytes = self.removedBytes.addingClamped(removal.bytes)
    return removal
  }

  /// The earliest position of the next entry.
  func end() throws(LogError) -> Position {
    try self.withConnection { (connection) throws(SQLiteError) in try connection.end() }
  }

  /// Begins to merge the whole index of words into one segment: until then it has the words of
  /// removed entries, marked as deleted (https://sqlite.org/fts5.html section 6.8).
  func beginMerge() throws(LogError) {
    try self.setLeastMerge(2)
    _ = try self.mergeIndex(pages: -Self.largeMerge)
  }

  /// - Returns: whether there is more to merge. Commits between two steps add small segments, which
  ///   are merged, too: it ends when no two segments have about the same size.
  func continueMerge() throws(LogError) -> Bool {
    if try self.mergeIndex(pages: Self.largeMerge) { return true }
    try self.setLeastMerge(4)
    self.removedBytes = 0
    return false
  }

  /// - Parameter count: the least number of segments of about the same size to merge. The lower,
  ///   the more often each word is rewritten.
  private func setLeastMerge(_ count: Int) throws(LogError) {
    try self.transaction { (connection) throws(SQLiteError) in
      try connection.execute("INSERT INTO search (search, rank) VALUES ('usermerge', \(count))")
    }
  }

  /// Rewrites the database without deleted data. `secure_delete` overwrites what is deleted, but
  /// not the copies that moved rows leave in unused parts of pages.
  func rewrite() throws(LogError) {
    try self.withConnection { (connection) throws(SQLiteError) in
      try connection.execute("VACUUM")
    }
  }

  /// Moves all of the write-ahead log into the database, and empties it.
  ///
  /// - Returns: false when a reader or another checkpoint prevented that.
  func emptyWriteAheadLog() throws(LogError) -> Bool {
    try self.withConnection { (connection) throws(SQLiteError) in
      try connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0
    }
  }
}
