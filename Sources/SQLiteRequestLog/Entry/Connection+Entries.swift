internal import Identifiers
internal import RequestLog
internal import SQLite

extension Connection {
  /// The entry of a user with an idempotency key; nil for the empty key.
  func entry(of userID: Identifier, key: Identifier) throws(SQLiteError) -> StoredEntry? {
    if key.isEmpty { return nil }
    let sql = """
      SELECT \(EntryRow.columns) FROM entries WHERE user_id = ?1 AND idempotency_key = ?2
      """
    return try self.withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.bind(userID, at: 1)
      try statement.bind(key, at: 2)
      return try statement.step() ? EntryRow(statement).entry : nil
    }
  }

  /// The row with an id; nil when there is none.
  func row(_ id: ULID) throws(SQLiteError) -> EntryRow? {
    let sql = """
      SELECT \(EntryRow.columns) FROM entries WHERE position >= ?1 AND position < ?2 AND id = ?3
      """
    return try self.withStatement(sql) { (statement) throws(SQLiteError) in
      let range = Position.range(of: id)
      try statement.bind(range.lowerBound.rawValue, at: 1)
      try statement.bind(range.upperBound.rawValue, at: 2)
      try statement.bind(id.description, at: 3)
      return try statement.step() ? EntryRow(statement) : nil
    }
  }

  /// The earliest position of the next entry.
  func end() throws(SQLiteError) -> Position {
    let last = try self.integer("SELECT max(position) FROM entries")
    return Position(rawValue: last ?? -1).next
  }

  func lastEntry() throws(SQLiteError) -> StoredEntry? {
    let sql = "SELECT \(EntryRow.columns) FROM entries ORDER BY position DESC LIMIT 1"
    return try self.withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.step() ? EntryRow(statement).entry : nil
    }
  }
}
