internal import RequestLog
internal import SQLite

/// An index of the entries that the log's own index does not have yet, in a temporary table of one
/// connection.
struct SearchTail {
  static let table = "tail"

  private var isMade = false
  /// The positions that it covers; those that the log has indexed since are useless.
  private var start: Int64 = 0
  private var end: Int64 = 0

  /// Where it begins: the log's index has everything before.
  static func boundary(_ connection: Connection) throws(SQLiteError) -> Position {
    let through = try connection.integer("SELECT through FROM indexed") ?? -1
    return Position(rawValue: max(through, -1)).next
  }

  /// Updates it to the snapshot that the connection reads.
  mutating func update(_ connection: Connection) throws(SQLiteError) {
    let boundary = try Self.boundary(connection).rawValue
    if !self.isMade {
      try connection.execute(
        """
        PRAGMA temp_store = MEMORY;
        CREATE VIRTUAL TABLE temp.\(Self.table) USING fts5 (
          prompt, response, content = '', tokenize = '\(WordTokenizer.name)'
        )
        """
      )
      self.isMade = true
    }
    // Rebuilt when half of it is useless.
    if boundary - self.start > (self.end - self.start) / 2 {
      try connection.execute("INSERT INTO temp.\(Self.table) (\(Self.table)) VALUES ('delete-all')")
      self.start = boundary
      self.end = boundary
    }
    let sql = """
      INSERT INTO temp.\(Self.table) (rowid, prompt, response)
        SELECT position, prompt, response FROM entries
        WHERE position >= ?1 AND prompt IS NOT NULL ORDER BY position
      """
    try connection.withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.bind(self.end, at: 1)
      try statement.run()
    }
    let last = try connection.integer("SELECT max(position) FROM entries") ?? -1
    self.end = max(self.end, Position(rawValue: last).next.rawValue)
  }
}
