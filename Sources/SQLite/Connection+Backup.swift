internal import CSQLite

extension Connection {
  /// How far a copy is, in pages.
  public struct BackupProgress: Hashable, Sendable {
    public var copied: Int
    public var total: Int
  }

  /// Copies the database into another one, of which nothing is left.
  ///
  /// The copy is of one state: others may write meanwhile, though what they write stays in the
  /// write-ahead log until the copy is done.
  ///
  /// - Parameters:
  ///   - pagesPerStep: how many pages are copied between two calls of `progress`.
  ///   - progress: called after each step; returns whether to go on.
  /// - Returns: whether the copy is whole; otherwise `destination` is as it was.
  public func backup(
    to destination: Connection,
    pagesPerStep: Int32 = 256,
    progress: (BackupProgress) -> Bool
  ) throws(SQLiteError) -> Bool {
    // A transaction that reads keeps its state; without one, each write would begin the copy anew.
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
