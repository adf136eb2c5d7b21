internal import RequestLog
internal import SQLite

/// Words are indexed after the commit, in batches: within a commit, indexing would take several
/// times as long as storing. Readers scan what is not indexed yet.
extension LogWriter {
  /// How much text is indexed in one transaction, in bytes; commits run between transactions. A
  /// small batch takes as long as a few commits; a large one costs less per entry.
  private static let smallBatch = 8 << 10
  private static let mediumBatch = 64 << 10
  static let largeBatch = 256 << 10
  /// How many pages of the index one transaction merges, likewise.
  static let smallMerge = 8
  static let largeMerge = 64

  /// Indexes the oldest entries that are not indexed yet.
  ///
  /// - Parameter bytes: the most bytes of text; one entry is indexed whatever its size.
  /// - Returns: whether there may be more.
  func indexBatch(bytes: Int) throws(LogError) -> Bool {
    let batch = try self.transaction { (connection) throws(SQLiteError) in
      let (batch, end) = try self.nextBatch(bytes: bytes, connection)
      guard let end else { return batch }
      let index = """
        INSERT INTO search (rowid, prompt, response)
          SELECT position, prompt, response FROM entries
          WHERE position > (SELECT through FROM indexed) AND position <= ?1 AND prompt IS NOT NULL
          ORDER BY position
        """
      for sql in [index, "UPDATE indexed SET through = ?1"] {
        try connection.withStatement(sql) { (statement) throws(SQLiteError) in
          try statement.bind(end, at: 1)
          try statement.run()
        }
      }
      return batch
    }
    self.backlog.remove(batch)
    return batch.entries > 0
  }

  /// Indexes a few entries between two commits, unless new ones arrive faster: callers would wait,
  /// and the index would not catch up.
  ///
  /// - Returns: whether there may be more.
  func indexBesideCommits() throws(LogError) -> Bool {
    let arrived = self.backlog.bytes - self.backlogBefore
    defer { self.backlogBefore = self.backlog.bytes }
    if arrived > Self.smallBatch, self.backlog.bytes > Self.largeBatch { return true }
    return try self.indexBatch(bytes: Self.smallBatch)
  }

  /// Merges segments of the index of about the same size, because many segments slow down searches.
  /// FTS5's automatic merge would make commits wait (https://sqlite.org/fts5.html section 6.7).
  ///
  /// - Parameter pages: about how many to write; negative begins to merge all segments into one.
  /// - Returns: whether there may be more to merge.
  func mergeIndex(pages: Int) throws(LogError) -> Bool {
    try self.transaction { (connection) throws(SQLiteError) in
      let before = try connection.integer("SELECT total_changes()") ?? 0
      try connection.execute("INSERT INTO search (search, rank) VALUES ('merge', \(pages))")
      // The command itself counts as one change.
      return try connection.integer("SELECT total_changes()") ?? 0 >= before + 2
    }
  }

  /// Indexes entries when too many are not indexed yet.
  func boundBacklog() throws(LogError) {
    guard self.configuration.indexesWords else { return }
    while self.backlog.entries > self.configuration.unindexedEntries
      || self.backlog.bytes > self.configuration.unindexedBytes
    {
      if try !self.indexBatch(bytes: Self.mediumBatch) { self.backlog = .none }
    }
  }

  private func nextBatch(
    bytes: Int,
    _ connection: Connection
  ) throws(SQLiteError) -> (Backlog, end: Int64?) {
    let sql = """
      SELECT position, bytes FROM entries WHERE position > (SELECT through FROM indexed)
      ORDER BY position
      """
    return try connection.withStatement(sql) { (statement) throws(SQLiteError) in
      var batch = Backlog.none
      var end: Int64?
      while batch.bytes < bytes, batch.entries < bytes / 64, try statement.step() {
        end = statement.integer(at: 0)
        batch.add(entries: 1, bytes: max(Int(statement.integer(at: 1) ?? 0), 0))
      }
      return (batch, end)
    }
  }
}

/// How much is not indexed yet. It may count entries that were removed since.
struct Backlog: Sendable {
  private(set) var entries: Int
  private(set) var bytes: Int

  static let none = Backlog(entries: 0, bytes: 0)

  mutating func add(entries: Int, bytes: Int) {
    self.entries += entries
    self.bytes = self.bytes.addingClamped(bytes)
  }

  mutating func remove(_ other: Backlog) {
    self.entries = max(self.entries - other.entries, 0)
    self.bytes = max(self.bytes - other.bytes, 0)
  }
}

extension Connection {
  /// How much of the file is not indexed yet.
  func backlog() throws(SQLiteError) -> Backlog {
    let sql = """
      SELECT count(*), total(max(bytes, 0)) FROM entries WHERE position > (SELECT through FROM indexed)
      """
    return try self.withStatement(sql) { (statement) throws(SQLiteError) in
      _ = try statement.step()
      return Backlog(
        entries: Int(statement.integer(at: 0) ?? 0),
        bytes: Int(statement.integer(at: 1) ?? 0)
      )
    }
  }
}
