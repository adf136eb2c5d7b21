public import Logging
public import RequestLog

/// A log in one SQLite file with a write-ahead log.
///
/// One process writes to a file, whatever number of others reads it (`ReadOnlyLog`).
public final class SQLiteLogStore: LogStore {
  /// How long what is done behind the commits waits after it has failed.
  static let retryPause = Duration.seconds(1)

  let configuration: Configuration
  let queue: AppendQueue
  let news: CommitNews
  let writer: LogWriter
  let checkpointer: LogCheckpointer
  let readers: LogReaders
  let logger: Logger

  private init(path: String, _ configuration: Configuration, _ logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    self.queue = AppendQueue(
      maximumCount: configuration.waitingEntries,
      maximumBytes: configuration.waitingBytes
    )
    self.news = CommitNews()
    self.writer = LogWriter(
      path: path,
      configuration,
      queue: self.queue,
      news: self.news,
      logger: logger
    )
    self.checkpointer = LogCheckpointer(path: path, busyTimeout: configuration.busyTimeout)
    self.readers = LogReaders(path: path, configuration, logger)
  }

  /// Opens a log, and makes it when there is none. Its files have mode 0600.
  ///
  /// A file of an older version is upgraded; a copy of it stays beside it as
  /// `<path>.v<schema version>`.
  ///
  /// - Parameter logger: for the operator: what failed below, with the path.
  /// - Throws: `locked` when another process writes to it, `newerSchema` when it belongs to a newer
  ///   version of this program, `unavailable` when its file cannot be used.
  public static func open(
    path: String,
    configuration: Configuration = Configuration(),
    logger: Logger
  ) async throws(LogError) -> SQLiteLogStore {
    try await self.open(path, configuration, schema: LogSchema.steps, logger)
  }

  static func open(
    _ path: String,
    _ configuration: Configuration,
    schema: [String],
    _ logger: Logger
  ) async throws(LogError) -> SQLiteLogStore {
    let log = SQLiteLogStore(path: path, configuration, logger)
    try await log.writer.open(schema: schema)
    try await log.readers.open()
    return log
  }

  /// Stores an entry, and returns when it is on disk.
  ///
  /// Entries that wait while others are written are committed together: all of a commit's callers
  /// are answered, or all get its error. An entry whose idempotency key the user has used already
  /// is answered with the entry that has it; content that was not kept cannot be compared.
  ///
  /// A caller whose task is cancelled takes its entry back, and gets `cancelled`, for as long as it
  /// waits. An entry that is in a commit stays, and is answered as usual.
  ///
  /// - Throws: `invalid`, `alreadyExists`, `overloaded`, `diskFull`, `unavailable` or `cancelled`.
  ///   The log goes on by itself when what failed works again.
  public func append(_ entry: NewEntry) async throws(LogError) -> StoredEntry {
    let entry = try ValidEntry(
      entry,
      limits: self.configuration.limits,
      content: self.configuration.content
    )
    let pending = try self.queue.admit(entry)
    let outcome = await withTaskCancellationHandler {
      await self.writer.outcome(of: pending)
    } onCancel: {
      self.queue.withdraw(pending)
    }
    return try outcome.get()
  }

  /// Keeps searches quick and the write-ahead log short, until the log is closed or the task is
  /// cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.keepIndexed() }
      group.addTask { await self.keepCheckpointed() }
    }
  }

  /// Commits what waits, and gives up the file. Everything after it fails with `unavailable`; queries
  /// that follow the log end.
  public func close() async {
    self.queue.close()
    await self.writer.finish()
    // The last connection of all tidies up the write-ahead log, which a reader cannot.
    await self.readers.close()
    await self.checkpointer.close()
    await self.writer.close()
  }

  /// Closes the log, and removes its files: for a log that was made for something that failed.
  public func discard() async {
    self.queue.close()
    await self.writer.finish()
    await self.readers.close()
    await self.checkpointer.close()
    await self.writer.discard()
  }
}
