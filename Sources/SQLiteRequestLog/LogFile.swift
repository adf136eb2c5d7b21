internal import Logging
internal import SQLite

/// The schema and settings of a log's file.
enum LogFile {
  /// A table that it has in each version.
  static let table = "entries"

  /// Refuses a database of another program, before anything of it is changed.
  ///
  /// - Throws: `foreign`.
  static func checkOwner(of path: String, busyTimeout: Duration) throws(SQLiteError) {
    try Connection.checkOwner(
      of: path,
      having: Self.table,
      kind: "a log",
      busyTimeout: busyTimeout
    )
  }

  /// Creates the file, or upgrades it after copying it to `<path>.v<schema version>`.
  ///
  /// - Throws: `newerSchema` when the file is of a newer version; it is then not changed.
  static func prepare(
    _ path: String,
    schema: [String],
    busyTimeout: Duration,
    logger: Logger
  ) throws(SQLiteError) {
    let connection = try Connection(path: path, givesBackSpace: true, busyTimeout: busyTimeout)
    let version = try connection.integer("PRAGMA user_version") ?? 0
    if version > 0, version < schema.count {
      logger.notice(
        "The log is of an older version, and is upgraded; a copy stays beside it",
        metadata: ["path": "\(path)", "copy": "\(path).v\(version)"]
      )
      let copy = try Connection(path: "\(path).v\(version)", busyTimeout: busyTimeout)
      _ = try connection.backup(to: copy) { _ in true }
    }
    try connection.addWordTokenizer()
    try connection.migrate(schema)
    if try !connection.isShrinkable() {
      do throws(SQLiteError) {
        try connection.makeShrinkable()
      } catch {
        // The log works as before; the next start tries again.
        logger.warning(
          "The log's file cannot shrink: there was no room to write it anew",
          metadata: ["path": "\(path)", "error": "\(error)"]
        )
      }
    }
  }

  /// Sets what belongs to the connection, not to the file.
  static func configure(
    _ connection: Connection,
    _ configuration: SQLiteLogStore.Configuration
  ) throws(SQLiteError) {
    try connection.addWordTokenizer()
    // Overwrites deleted data, so that it is nowhere in the file.
    try connection.execute("PRAGMA secure_delete = ON")
    let pageSize = Int(try connection.integer("PRAGMA page_size") ?? 4096)
    let pages = configuration.checkpointBytes / pageSize
    try connection.execute("PRAGMA wal_autocheckpoint = \(pages)")
    // After a long read has let the write-ahead log grow, it shrinks to this.
    try connection.execute("PRAGMA journal_size_limit = \(configuration.writeAheadLogBytes)")
    if let maximumBytes = configuration.maximumFileBytes {
      try connection.execute("PRAGMA max_page_count = \(max(maximumBytes / pageSize, 1))")
    }
  }
}
