public import Logging
public import RequestLog
internal import SQLite

/// The file of a `SQLiteLogStore`, opened to be read. Any number of processes may read it, also while
/// a server writes to it.
public final class ReadOnlyLog: Sendable {
  private let reader: LogReader

  private init(_ reader: LogReader) {
    self.reader = reader
  }

  /// Opens a log, and makes none. A file of an older version is not upgraded: only a writer does that.
  ///
  /// - Parameter logger: for the operator: what failed below, with the path.
  /// - Throws: `unavailable` when it cannot be read, or is not a log of this version; `newerSchema`.
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
  /// - Throws: `unavailable`.
  public func stats() async throws(LogError) -> LogStatistics {
    try await self.reader.statistics(of: nil)
  }

  /// Copies the log to a new file of mode 0600, as it is at the beginning, while a server stores
  /// entries. Its write-ahead log grows until the copy is done.
  ///
  /// - Parameter progress: called again and again, on the thread that copies.
  /// - Throws: `invalid` when there is a file at `path`, `diskFull`, `unavailable`, or `cancelled`;
  ///   no file is made then.
  public func backup(
    to path: String,
    progress: @Sendable (BackupProgress) -> Void = { _ in }
  ) async throws(LogError) {
    try await self.reader.copy(to: path, progress: progress)
  }

  /// Writes the entries that the log has when it begins to a new file of mode 0600: a line of JSON
  /// for each, oldest first, from which `SQLiteLogStore.importLines` makes the same entries again.
  ///
  /// - Parameter progress: called with the number of entries that are written, after each.
  /// - Returns: how many there are.
  /// - Throws: as `backup`.
  public func export(
    to path: String,
    progress: (Int) -> Void = { _ in }
  ) async throws(LogError) -> Int {
    let file = try NewFile(path)
    defer { file.discard() }
    let writer = LineWriter(try file.open())
    let count = try await self.export(to: writer, progress: progress)
    try writer.synchronise()
    try file.finish()
    return count
  }

  /// Writes the entries, as the other function does, to an open file, such as a pipe or a terminal.
  ///
  /// - Parameter descriptor: stays open.
  /// - Throws: `unavailable`, `diskFull` or `cancelled`; some entries may have been written then.
  public func export(
    toDescriptor descriptor: CInt,
    progress: (Int) -> Void = { _ in }
  ) async throws(LogError) -> Int {
    let writer = LineWriter(descriptor, isClosed: false)
    let count = try await self.export(to: writer, progress: progress)
    try writer.flush()
    return count
  }

  private func export(
    to writer: LineWriter,
    progress: (Int) -> Void
  ) async throws(LogError) -> Int {
    var count = 0
    var entries = try await self.entries().makeAsyncIterator()
    while let entry = try await entries.next() {
      try writer.add(entry.jsonLine())
      count += 1
      progress(count)
    }
    // What is read ends early then.
    if Task.isCancelled { throw .abandoned }
    return count
  }

  /// The entries that the log has now, oldest first: with later ones, it might never end.
  private func entries() async throws(LogError) -> LogEntries {
    let end = try await self.reader.end()
    let query = try ValidQuery(LogQuery(order: .oldestFirst))
    let pages = RowPages(query, before: end, readers: LogReaders([self.reader]))
    return LogEntries(query, pages: pages, news: CommitNews())
  }
}
