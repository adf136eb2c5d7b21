public import Identifiers
public import Logging
public import RequestLog
internal import SQLite

/// The file of a `SQLiteLogStore`, opened for reading. Any number of processes may read it, even
/// while a server writes to it.
public final class ReadOnlyLog: ExportableLog {
  private let reader: LogReader

  private init(_ reader: LogReader) {
    self.reader = reader
  }

  /// Opens an existing log. A file of an older version is not upgraded: only a writer does that.
  ///
  /// - Parameter logger: gets underlying errors with the path, for the operator.
  /// - Throws: `unavailable` when the file cannot be read, or is not a log of this version;
  ///   `newerSchema`.
  public static func open(path: String, logger: Logger) async throws(LogError) -> ReadOnlyLog {
    let defaults = SQLiteLogStore.Configuration()
    let reader = LogReader(
      path: path,
      busyTimeout: defaults.busyTimeout,
      searchTime: defaults.searchTime,
      mayBeUnchanging: true,
      logger: logger
    )
    try await reader.check(schemaVersion: LogSchema.steps.count)
    return ReadOnlyLog(reader)
  }

  /// How much the log holds.
  ///
  /// - Parameter userID: whose entries are counted; nil counts everyone's.
  /// - Throws: `unavailable`.
  public func stats(of userID: Identifier? = nil) async throws(LogError) -> LogStatistics {
    try await self.reader.statistics(of: userID)
  }

  /// Copies the log as it is now to a new file of mode 0600, while a server may store entries. The
  /// write-ahead log grows until the copy is done.
  ///
  /// - Parameter progress: called often, on the thread that copies.
  /// - Throws: `invalid` when a file exists at `path`, `diskFull`, `unavailable` or `cancelled`; no
  ///   file is then created.
  public func backup(
    to path: String,
    progress: @Sendable (BackupProgress) -> Void = { _ in }
  ) async throws(LogError) {
    try await self.reader.copy(to: path, progress: progress)
  }

  /// The entries that the log has now, oldest first; with later ones, it might never end.
  ///
  /// - Throws: `unavailable`.
  public func entriesUntilNow() async throws(LogError) -> LogEntries {
    let end = try await self.reader.end()
    let query = try ValidQuery(LogQuery(order: .oldestFirst))
    let pages = PositionPages(query, before: end, reader: LogReaders([self.reader]))
    return LogEntries(query, pages: pages, news: CommitNews())
  }
}
