internal import CSQLite

extension Connection {
  /// The progress of a copy, in pages.
  public struct BackupProgress: Hashable, Sendable {
    /// The pages copied so far.
    public var copied: Int
    /// All pages.
    public var total: Int
  }

  /// Copies the database over another one.
  ///
  /// The copy is a snapshot: others may write meanwhile, but the write-ahead log grows until the
  /// copy is done.
  ///
  /// - Parameters:
  ///   - pagesPerStep: how many pages are copied between two calls of `progress`.
  ///   - progress: called after each step; returns whether to continue.
  /// - Returns: whether the copy is complete; otherwise `destination` is unchanged.
  public func backup(
    to destination: Connection,
    pagesPerStep: Int32 = 256,
    progress: (BackupProgress) -> Bool
  ) throws(SQLiteError) -> Bool {
    // A read transaction keeps the snapshot; without it, each write would restart the copy.
    try self.transaction(.deferred) { () throws(SQLiteError) in
      try self.execute("SELECT 1 FROM sqlite_schema")
      guard let backup = sqlite3_backup_init(destination.handle, "main", self.handle, "main") else {
        throw SQLiteError(sqlite3_errcode(destination.handle), on: destination.handle)
      }
      var result = SQLITE_OK
      var goesOn = true
      while result == SQLITE_OK, goesOn {
        result = sqlite3_backup_step(backup, pagesPerStep)
        let total = Int(sqlite3_backup_pagecount(backup))
        let copied = total - Int(sqlite3_backup_remaining(backup))
        goesOn = progress(BackupProgress(copied: copied, total: total))
      }
      let end = sqlite3_backup_finish(backup)
      guard end == SQLITE_OK else { throw SQLiteError(end, on: destination.handle) }
      return result == SQLITE_DONE
    }
  }
}
