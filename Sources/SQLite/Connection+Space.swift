extension Connection {
  /// How much room a database takes, in bytes.
  public struct Space: Hashable, Sendable {
    /// The size of the file, once what is in the write-ahead log is in it.
    public var file: Int
    /// What is used again before the file grows.
    public var free: Int

    public var used: Int { self.file - self.free }
  }

  public func space() throws(SQLiteError) -> Space {
    let pageSize = try self.number("PRAGMA page_size")
    return Space(
      file: try self.number("PRAGMA page_count") * pageSize,
      free: try self.number("PRAGMA freelist_count") * pageSize
    )
  }

  /// Moves some of what is free to the end of the file, and cuts it off: the file is shorter after
  /// the next checkpoint. It does nothing to a file that cannot shrink.
  ///
  /// - Parameter pages: about how many, in one transaction.
  public func giveBackPages(_ pages: Int) throws(SQLiteError) {
    try self.execute("PRAGMA incremental_vacuum(\(pages))")
  }

  /// Writes the file anew, as one that can shrink.
  public func makeShrinkable() throws(SQLiteError) {
    try self.execute("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
  }

  public func isShrinkable() throws(SQLiteError) -> Bool {
    try self.number("PRAGMA auto_vacuum") != 0
  }

  private func number(_ sql: String) throws(SQLiteError) -> Int {
    try self.withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.step() ? Int(statement.integer(at: 0) ?? 0) : 0
    }
  }
}
