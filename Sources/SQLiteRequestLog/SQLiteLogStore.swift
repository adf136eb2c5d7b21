public import Logging
public import RequestLog

/// A log in one SQLite file with a write-ahead log.
///
/// One process writes to a file; any number of others may read it (`ReadOnlyLog`).
public final class SQLiteLogStore: LogStore {
  /// How long background work waits after a failure.
  static let retryPause = Duration.seconds(1)

  /// A log in files of this machine has nothing to lose but them.
  public let conditions = LogConditions()

  let path: String
  let configuration: Configuration
  let queue: AppendQueue
  let news: CommitNews
  let writer: LogWriter
  let checkpointer: LogCheckpointer
  let readers: LogReaders
  let logger: Logger

  private init(path: String, _ configuration: Configuration, _ logger: Logger) {
    self.path = path
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

  /// Opens a log, or creates it. Its files have mode 0600.
  ///
  /// A file of an older version is upgraded; a copy of it stays beside it as
  /// `<path>.v<schema version>`.
  ///
  /// - Parameter logger: gets underlying errors with the path, for the operator.
  /// - Throws: `locked` when another process writes to it, `newerSchema` when it belongs to a newer
  ///   version of this program, `unavailable` when the file cannot be used.
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
  /// Entries that wait while others are written are committed together; all callers of a commit get
  /// its result. If the user has already used the idempotency key, the entry that has it is
  /// returned; content that was not stored cannot be compared.
  ///
  /// Cancelling the task withdraws an entry that still waits, and throws `cancelled`. An entry that
  /// is already in a commit is stored as usual.
  ///
  /// - Throws: `invalid`, `alreadyExists`, `overloaded`, `diskFull`, `unavailable` or `cancelled`.
  ///   The log recovers by itself.
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

  /// Keeps searches fast and the write-ahead log short, until the log is closed or the task is
  /// cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      if self.configuration.indexesWords { group.addTask { await self.keepIndexed() } }
      group.addTask { await self.keepCheckpointed() }
    }
  }

  /// Commits what waits, and closes the file. Later calls fail with `unavailable`; queries that
  /// follow the log end.
  public func close() async {
    self.queue.close()
    await self.writer.finish()
    // Last, because the last connection to close removes the write-ahead log, which a reader
    // cannot.
    await self.readers.close()
    await self.checkpointer.close()
    await self.writer.close()
  }

  /// Closes the log and removes its files: for a log that was created for something that failed.
  public func discard() async {
    self.queue.close()
    await self.writer.finish()
    await self.readers.close()
    await self.checkpointer.close()
    await self.writer.discard()
  }
}
