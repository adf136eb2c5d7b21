internal import RequestLog
internal import SQLite

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The size of the log's files, and shrinking them. Each step takes a few milliseconds; commits run
/// between steps.
extension LogWriter {
  /// How many pages one transaction releases.
  private static let pagesPerStep = 256

  func space() throws(LogError) -> Connection.Space {
    try self.withConnection { (connection) throws(SQLiteError) in try connection.space() }
  }

  /// The size of the database and its write-ahead log.
  func fileBytes() -> Int {
    var bytes = 0
    for suffix in ["", "-wal"] {
      var status = stat()
      if stat(self.path + suffix, &status) == 0 { bytes += Int(status.st_size) }
    }
    return bytes
  }

  /// Whether so much was removed that merging the index of words is worthwhile: until then it has
  /// the removed words, marked as deleted.
  func isMergeDue() throws(LogError) -> Bool {
    self.removedBytes >= (try self.space().used) / 4
  }

  /// Shortens the file a little, unless it has little free space.
  ///
  /// - Returns: whether there may be more to release.
  func giveBackStep() throws(LogError) -> Bool {
    try self.withConnection { (connection) throws(SQLiteError) in
      let before = try connection.space()
      // Space that the next entries will use is kept.
      guard before.free > before.used / 8 + 64 << 10 else { return false }
      try connection.giveBackPages(Self.pagesPerStep)
      return try connection.space().file < before.file
    }
  }

  /// Moves all of the write-ahead log into the database, and empties it, unless a reader needs it:
  /// then it shrinks by itself later.
  func shortenWriteAheadLog() throws(LogError) {
    try self.withConnection { (connection) throws(SQLiteError) in
      _ = try connection.integer("PRAGMA busy_timeout = 0")
      let result = Result { () throws(SQLiteError) in
        _ = try connection.integer("PRAGMA wal_checkpoint(TRUNCATE)")
      }
      _ = try connection.integer("PRAGMA busy_timeout = \(self.configuration.busyMilliseconds)")
      try result.get()
    }
  }

  /// While the file is over its limit, removes as many of the oldest entries as are about to be
  /// stored. Callers wait for this; `SQLiteLogStore.prune` does the rest.
  func boundSpace() throws(LogError) {
    guard let limit = self.configuration.sizeLimit, try self.space().used > limit / 2 * 3 else {
      return
    }
    var rest = max(self.queue.bytes * 2, 64 << 10)
    while rest > 0 {
      let batch = try self.removeBatch(before: Position(rawValue: .max), maximumBytes: rest)
      if batch.entries == 0 { return }
      // An entry from another program may claim to have no size.
      rest -= max(batch.bytes, 1)
    }
  }
}
