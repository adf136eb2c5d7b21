extension Connection {
  /// The space that a database takes, in bytes.
  public struct Space: Hashable, Sendable {
    /// The size of the file, including what is still in the write-ahead log.
    public var file: Int
    /// Free space in the file, which is used before the file grows.
    public var free: Int

    /// The space in use.
    public var used: Int { self.file - self.free }
  }

  /// Returns the space that the database takes.
  public func space() throws(SQLiteError) -> Space {
    let pageSize = try self.number("PRAGMA page_size")
    return Space(
      file: try self.number("PRAGMA page_count") * pageSize,
      free: try self.number("PRAGMA freelist_count") * pageSize
    )
  }

  /// Releases free pages at the end of the file, which is shorter after the next checkpoint. It
  /// does nothing for a file that cannot shrink.
  ///
  /// - Parameter pages: about how many to release, in one transaction.
  public func giveBackPages(_ pages: Int) throws(SQLiteError) {
    try self.execute("PRAGMA incremental_vacuum(\(pages))")
  }

  /// Rewrites the file, so that it can shrink.
  public func makeShrinkable() throws(SQLiteError) {
    try self.execute("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
  }

  /// Whether the file can shrink.
  public func isShrinkable() throws(SQLiteError) -> Bool {
    try self.number("PRAGMA auto_vacuum") != 0
  }

  private func number(_ sql: String) throws(SQLiteError) -> Int {
    try self.withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.step() ? Int(statement.integer(at: 0) ?? 0) : 0
    }
  }
}
