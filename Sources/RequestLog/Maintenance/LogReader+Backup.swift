internal import SQLite

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

extension LogReader {
  /// Copies the log into a new file. It gets its name when it is whole and on disk.
  func copy(
    to path: String,
    progress: (BackupProgress) -> Void
  ) throws(LogError) {
    let partial = path + ".partial"
    guard access(path, F_OK) != 0, access(partial, F_OK) != 0 else {
      throw LogError(.invalid, "There is a file of the backup's name already", field: "path")
    }
    var isRenamed = false
    defer {
      if !isRenamed { for file in [partial, partial + "-wal", partial + "-shm"] { unlink(file) } }
    }
    let isWhole = try self.read { (connection) throws(SQLiteError) in
      let pageSize = Int(try connection.integer("PRAGMA page_size") ?? 0)
      // Goes away here, and leaves one file, which is on disk.
      return try connection.backup(to: Connection(path: partial)) { pages in
        progress(
          BackupProgress(
            copiedBytes: pages.copied * pageSize,
            totalBytes: pages.total * pageSize
          )
        )
        return !Task.isCancelled
      }
    }
    guard isWhole else { throw LogError(.cancelled, "The caller has gone away") }
    guard rename(partial, path) == 0 else {
      throw LogError(.unavailable, "The backup cannot be given its name", cause: SystemError())
    }
    isRenamed = true
  }
}
