internal import SQLite

/// A log's file: its schema and its settings.
enum LogFile {
  /// Makes the file, or upgrades it, having copied it to `<path>.v<schema version>`.
  ///
  /// - Throws: `newerSchema` when the file is of a newer version; it is left as it is then.
  static func prepare(
    _ path: String,
    schema: [String],
    busyTimeout: Duration
  ) throws(SQLiteError) {
    let connection = try Connection(path: path, busyTimeout: busyTimeout)
    let version = try connection.integer("PRAGMA user_version") ?? 0
    if version > 0, version < schema.count {
      let copy = try Connection(path: "\(path).v\(version)", busyTimeout: busyTimeout)
      _ = try connection.backup(to: copy) { _ in true }
    }
    try connection.addWordTokenizer()
    try connection.migrate(schema)
  }

  /// What holds for a connection, not for the file.
  static func configure(
    _ connection: Connection,
    maximumBytes: Int?
  ) throws(SQLiteError) {
    try connection.addWordTokenizer()
    // Overwrites what is deleted, so that it is nowhere in the file.
    try connection.execute("PRAGMA secure_delete = ON")
    // In pages: the bound for when no checkpoints are made beside the commits, or they fall behind.
    // Callers wait for this one, so it is rare, and 16 MiB are read quickly after a crash.
    try connection.execute("PRAGMA wal_autocheckpoint = 4096")
    // After a long reader has kept the write-ahead log from being used again, it shrinks to this.
    try connection.execute("PRAGMA journal_size_limit = \(64 << 20)")
    if let maximumBytes {
      let pageSize = try connection.integer("PRAGMA page_size") ?? 4096
      try connection.execute("PRAGMA max_page_count = \(max(Int64(maximumBytes) / pageSize, 1))")
    }
  }
}
