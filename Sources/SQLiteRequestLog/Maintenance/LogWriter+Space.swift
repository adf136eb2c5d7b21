internal import RequestLog
internal import SQLite

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// What the log's files take, and how they become smaller. Each step is a few milliseconds long;
/// commits run between two.
extension LogWriter {
  /// How many pages are given back in one transaction.
  private static let pagesPerStep = 256

  func space() throws(LogError) -> Connection.Space {
    try self.withConnection { (connection) throws(SQLiteError) in try connection.space() }
  }

  /// What the database and its write-ahead log take now.
  func fileBytes() -> Int {
    var bytes = 0
    for suffix in ["", "-wal"] {
      var status = stat()
      if stat(self.path + suffix, &status) == 0 { bytes += Int(status.st_size) }
    }
    return bytes
  }

  /// Whether so much was removed since the index of words was last merged that it is worth to write
  /// it anew: until then it has the words of all that, and notes that they are no more.
  func isMergeDue() throws(LogError) -> Bool {
    self.removedBytes >= (try self.space().used) / 4
  }

  /// Makes the file a little shorter, unless what is free in it is little.
  ///
  /// - Returns: whether there may be more to give back.
  func giveBackStep() throws(LogError) -> Bool {
    try self.withConnection { (connection) throws(SQLiteError) in
      let before = try connection.space()
      // What the next entries take is not worth to be cut off.
      guard before.free > before.used / 8 + 64 << 10 else { return false }
      try connection.giveBackPages(Self.pagesPerStep)
      return try connection.space().file < before.file
    }
  }

  /// Moves all of the write-ahead log into the database, and empties it, unless someone reads a state
  /// that needs it: then it becomes shorter by itself later.
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

  /// Removes as many of the oldest entries as are about to come, while the file is larger than it
  /// may be for a moment: those who come wait, and the rest is for `SQLiteLogStore.prune`.
  func boundSpace() throws(LogError) {
    guard let limit = self.configuration.sizeLimit, try self.space().used > limit / 2 * 3 else {
      return
    }
    var rest = max(self.queue.bytes * 2, 64 << 10)
    while rest > 0 {
      let batch = try self.removeBatch(before: Position(rawValue: .max), maximumBytes: rest)
      if batch.entries == 0 { return }
      // An entry of another program may say that it has no size.
      rest -= max(batch.bytes, 1)
    }
  }
}
