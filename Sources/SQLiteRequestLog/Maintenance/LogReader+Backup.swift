internal import RequestLog
internal import SQLite

extension LogReader {
  /// Copies the log into a new file.
  func copy(
    to path: String,
    progress: (BackupProgress) -> Void
  ) throws(LogError) {
    let file = try NewFile(path)
    defer { file.discard() }
    // First, so that an error about the new file is not reported as one of the log.
    try file.make()
    let isWhole = try self.read { (connection) throws(SQLiteError) in
      let pageSize = Int(try connection.integer("PRAGMA page_size") ?? 0)
      // The connection is closed here, which leaves a single synced file.
      return try connection.backup(to: Connection(path: file.temporaryPath)) { pages in
        progress(
          BackupProgress(
            copiedBytes: pages.copied * pageSize,
            totalBytes: pages.total * pageSize
          )
        )
        return !Task.isCancelled
      }
    }
    guard isWhole else { throw .abandoned }
    try file.finish()
  }
}
