internal import Concurrency
internal import Logging
internal import RequestLog
internal import SQLite

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The only writer of the log's file, on a thread of its own.
///
/// Commits are shared: callers that arrive during a commit wait in the queue, and the first one to
/// get the thread commits for all. Long work is done in small transactions, between which commits
/// run.
actor LogWriter {
  private let executor = ThreadExecutor(name: "tokenwire-log")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  let path: String
  let configuration: SQLiteLogStore.Configuration
  let queue: AppendQueue
  let news: CommitNews
  private let logger: Logger
  private var lock: WriterLock?
  /// Nil after a failure that may have broken it, until it is reopened.
  private var connection: Connection?
  var stamps = EntryStamps()
  var backlog = Backlog.none
  /// The backlog's bytes after the last batch that was indexed between commits.
  var backlogBefore = 0
  /// The size of entries removed since the index of words was last merged into one segment.
  var removedBytes = 0

  init(
    path: String,
    _ configuration: SQLiteLogStore.Configuration,
    queue: AppendQueue,
    news: CommitNews,
    logger: Logger
  ) {
    self.path = path
    self.configuration = configuration
    self.queue = queue
    self.news = news
    self.logger = logger
  }

  /// Creates or upgrades the file, and locks out other writers until `close`.
  func open(schema: [String]) throws(LogError) {
    do throws(SQLiteError) {
      try LogFile.checkOwner(of: self.path, busyTimeout: self.configuration.busyTimeout)
    } catch {
      throw self.openingError(error)
    }
    let lock = try WriterLock(path: self.path + ".lock")
    do throws(SQLiteError) {
      try LogFile.prepare(
        self.path,
        schema: schema,
        busyTimeout: self.configuration.busyTimeout,
        logger: self.logger
      )
      try self.connect()
    } catch {
      throw self.openingError(error)
    }
    self.lock = lock
  }

  private func openingError(_ error: SQLiteError) -> LogError {
    self.note(error, "The log cannot be opened")
    return [.newerSchema, .foreign].contains(error.code)
      ? LogError(writing: error)
      : LogError(.unavailable, "The log cannot be opened", cause: error)
  }

  /// Commits what waits, and ends the queries that follow.
  func finish() {
    while self.commitGroup() {}
    self.news.close()
  }

  /// Closes the file.
  func close() {
    self.connection = nil
    self.lock = nil
  }

  /// Closes the file, and removes it with the files beside it.
  func discard() {
    self.connection = nil
    for suffix in ["", "-wal", "-shm"] { unlink(self.path + suffix) }
    self.lock?.remove()
    self.lock = nil
  }

  /// Commits until the entry is stored or has failed.
  func outcome(of pending: PendingAppend) -> Result<StoredEntry, LogError> {
    while true {
      if let outcome = pending.outcome { return outcome }
      guard self.commitGroup() else {
        // The entry was withdrawn from the queue.
        return .failure(.cancelled)
      }
    }
  }

  /// Runs `body` in a transaction of its own.
  ///
  /// - Throws: `diskFull` or `unavailable`; nothing of `body` is then stored.
  func transaction<Result>(
    _ body: (Connection) throws(SQLiteError) -> Result
  ) throws(LogError) -> Result {
    try self.withConnection { (connection) throws(SQLiteError) in
      try connection.transaction { () throws(SQLiteError) in try body(connection) }
    }
  }

  /// Runs `body` outside of a transaction, for what cannot be in one.
  func withConnection<Result>(
    _ body: (Connection) throws(SQLiteError) -> Result
  ) throws(LogError) -> Result {
    guard self.lock != nil else { throw .closed }
    do throws(SQLiteError) {
      let connection =
        if let connection = self.connection { connection } else { try self.connect() }
      return try body(connection)
    } catch {
      throw self.failure(error)
    }
  }

  /// - Returns: whether something waited.
  private func commitGroup() -> Bool {
    // Errors are logged; entries can still be stored.
    try? self.boundBacklog()
    try? self.boundSpace()
    let group = self.queue.nextGroup(
      maximumCount: self.configuration.commitEntries,
      maximumBytes: self.configuration.boundedCommitBytes
    )
    if group.isEmpty { return false }
    let start = ContinuousClock.now
    do throws(LogError) {
      let outcomes = try self.transaction { (connection) throws(SQLiteError) in
        var outcomes: [Result<StoredEntry, LogError>] = []
        for pending in group { outcomes.append(try self.insert(pending.entry, connection)) }
        return outcomes
      }
      for (pending, outcome) in zip(group, outcomes) { pending.end(outcome) }
    } catch {
      for pending in group { pending.end(.failure(error)) }
    }
    self.queue.note(commitTime: .now - start)
    self.news.announce()
    return true
  }

  /// - Returns: the stored entry, the existing one with its key, or `alreadyExists`.
  private func insert(
    _ entry: ValidEntry,
    _ connection: Connection
  ) throws(SQLiteError) -> Result<StoredEntry, LogError> {
    if let stored = try connection.entry(of: entry.userID, key: entry.idempotencyKey) {
      return stored.isSame(as: entry) ? .success(stored) : .failure(.keyInUse)
    }
    let stamp = self.stamps.next(now: self.configuration.clock())
    let stored = StoredEntry(entry, stamp)
    let row = EntryRow(position: Position(firstAt: stamp.timestamp), entry: stored)
    try row.insert(into: connection)
    self.backlog.add(entries: 1, bytes: row.entry.size)
    return .success(stored)
  }

  @discardableResult
  private func connect() throws(SQLiteError) -> Connection {
    // A missing file is not created again: the operator should know.
    let connection = try Connection(
      path: self.path,
      access: .readWrite,
      busyTimeout: self.configuration.busyTimeout
    )
    try LogFile.configure(connection, self.configuration)
    if let last = try connection.lastEntry() {
      self.stamps.advance(past: .init(timestamp: last.timestamp, id: last.id))
    }
    self.backlog = try connection.backlog()
    self.connection = connection
    return connection
  }

  private func failure(_ error: SQLiteError) -> LogError {
    // These errors leave the connection usable; after others it is reopened.
    if error.code != .full, error.code != .busy { self.connection = nil }
    self.note(error, "The log could not be written")
    return LogError(writing: error)
  }

  private func note(_ error: SQLiteError, _ message: Logger.Message) {
    self.logger.error(
      message,
      metadata: [
        "path": "\(self.path)", "error": "\(error)", "sqlite_code": "\(error.extendedCode)",
      ]
    )
  }
}
