public import Logging
internal import SQLite

/// A log's file for those who only read it, while a server writes to it or nobody does: any number
/// of processes may.
public final class ReadOnlyLog: Sendable {
  private let reader: LogReader

  private init(_ reader: LogReader) {
    self.reader = reader
  }

  /// Opens a log that is there. A file of an older version is not upgraded: that takes a writer.
  ///
  /// - Parameter logger: for the operator: what failed below, with the path.
  /// - Throws: `unavailable` when it cannot be read, or is no log of this version; `newerSchema`.
  public static func open(path: String, logger: Logger) async throws(LogError) -> ReadOnlyLog {
    let defaults = LogConfiguration()
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
  ///   no file is there then.
  public func backup(
    to path: String,
    progress: @Sendable (BackupProgress) -> Void = { _ in }
  ) async throws(LogError) {
    try await self.reader.copy(to: path, progress: progress)
  }

  /// Writes the entries that are there at the beginning to a new file of mode 0600: a line of JSON
  /// for each, oldest first, from which `RequestLog.importLines` makes the same entries again.
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

  /// Writes the entries, as the other function does, to what is no file of disk: a pipe, a terminal.
  ///
  /// - Parameter descriptor: stays open.
  /// - Throws: `unavailable`, `diskFull` or `cancelled`; a part is written then.
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

  /// Those that are there now, oldest first: with later ones, it might never end.
  private func entries() async throws(LogError) -> LogEntries {
    let end = try await self.reader.end()
    let query = try ValidQuery(LogQuery(order: .oldestFirst), before: end)
    return LogEntries(query: query, readers: LogReaders([self.reader]), news: CommitNews())
  }
}
