internal import Concurrency
internal import LogSearch
internal import Logging
internal import PostgreSQL
internal import RequestLog

/// Stores entries, on a thread of its own.
///
/// Commits are shared: callers that arrive during a commit wait in the queue, and the first one to
/// get the thread commits for all.
actor LogWriter {
  private let executor = ThreadExecutor(name: "tokenwire-pglog")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  let database: Database
  let configuration: PostgresLogStore.Configuration
  let status: LogStatus
  let logger: Logger
  private let queue: AppendQueue
  private let news: CommitNews
  private let words: IndexedWords
  /// Ends the pauses between attempts to connect, when the log is closed.
  private nonisolated let closing: Wakeup
  var connection: Connection?
  var isClosed = false
  /// Since when the database cannot be reached, nil while it can.
  var outage: Outage<PostgreSQLError>?

  init(
    _ database: Database,
    _ configuration: PostgresLogStore.Configuration,
    queue: AppendQueue,
    news: CommitNews,
    status: LogStatus,
    logger: Logger
  ) throws(LogError) {
    self.database = database
    self.configuration = configuration
    self.queue = queue
    self.news = news
    self.status = status
    self.logger = logger
    self.words = try IndexedWords()
    do throws(PostgreSQLError) {
      self.closing = try Wakeup()
    } catch {
      throw LogError(opening: error)
    }
  }

  /// Connects, and upgrades the database.
  func open(schema: Schema, mayUpgrade: Bool) throws(LogError) {
    do throws(PostgreSQLError) {
      let connection = try self.database.connect(isWriting: true)
      try self.warnOfPlainText(connection)
      let migration = self.configuration.migrationTime
      if mayUpgrade {
        try connection.migrate(schema, until: .now + migration)
        if self.configuration.partition == .month {
          try connection.partitionLog(until: .now + migration)
        }
      } else {
        try connection.checkVersion(schema, until: self.database.deadline)
      }
      let end = try LogEnd(connection.run(LogEnd.read, until: self.database.deadline))
      self.status.note(bytes: end.bytes)
      self.use(connection)
    } catch {
      self.note(error, "The log cannot be opened")
      throw LogError(opening: error)
    }
  }

  /// Ends pauses between attempts to connect: what waits is stored at once, or fails.
  nonisolated func hurry() {
    self.closing.signal()
  }

  /// Commits what waits, and ends the queries that follow.
  func finish() {
    while self.commitGroup() {}
    self.news.close()
  }

  func close() {
    self.isClosed = true
    self.connection = nil
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

  /// Takes a connection that was made elsewhere, in place of one that may be lost.
  func take(_ connection: sending Connection) {
    if !self.isClosed { self.use(connection) }
  }

  /// Notes that no connection could be made elsewhere.
  ///
  /// - Returns: the time until the next attempt.
  func note(_ error: PostgreSQLError) -> Duration {
    self.noteOutage(error).rest
  }

  /// - Returns: whether something waited.
  private func commitGroup() -> Bool {
    let group = self.queue.nextGroup(
      maximumCount: self.configuration.commitEntries,
      maximumBytes: self.configuration.commitBytes
    )
    if group.isEmpty { return false }
    let start = ContinuousClock.now
    let entries = group.map { ($0.entry, words: self.words.words(of: $0.entry.content)) }
    for (pending, outcome) in zip(group, self.store(entries)) { pending.end(outcome) }
    self.queue.note(commitTime: .now - start)
    self.news.announce()
    return true
  }

  /// Stores entries in one transaction.
  private func store(
    _ entries: [(ValidEntry, words: Set<[UInt8]>?)]
  ) -> [Result<StoredEntry, LogError>] {
    do throws(LogError) {
      return try self.transaction(
        reading: EntryKeys.read(entries.compactMap { EntryKeys.Key($0.0) })
      ) { end, read in
        self.newRows(of: entries, at: end, besides: EntryKeys(read.first))
      }
    } catch {
      // What the server refuses of one must not fail the others.
      let isAboutValues = (error.cause as? PostgreSQLError)?.isAboutValues ?? false
      guard isAboutValues, entries.count > 1 else { return entries.map { _ in .failure(error) } }
      let half = entries.count / 2
      return self.store(Array(entries[..<half])) + self.store(Array(entries[half...]))
    }
  }

  private func newRows(
    of entries: [(ValidEntry, words: Set<[UInt8]>?)],
    at end: LogEnd,
    besides keys: EntryKeys
  ) -> (rows: [EntryRow], result: [Result<StoredEntry, LogError>]) {
    var keys = keys
    var stamps = end.stamps
    var rows: [EntryRow] = []
    let outcomes = entries.map { entry, words -> Result<StoredEntry, LogError> in
      let key = EntryKeys.Key(entry)
      if let stored = keys[key] {
        return stored.isSame(as: entry) ? .success(stored) : .failure(.keyInUse)
      }
      let stamp = stamps.next(now: self.configuration.clock?() ?? end.now)
      let stored = StoredEntry(entry, stamp)
      rows.append(
        EntryRow(position: Position(firstAt: stamp.timestamp), entry: stored, words: words)
      )
      keys[key] = stored
      return .success(stored)
    }
    return (rows, outcomes)
  }

  /// The words of imported entries, which are split on this thread as well.
  func words(of content: EntryContent) -> Set<[UInt8]>? {
    self.words.words(of: content)
  }

  func announce() {
    self.news.announce()
  }

  /// Blocks the thread for a pause between two attempts.
  ///
  /// - Returns: whether the log is being closed.
  func pause(_ pause: Duration) -> Bool {
    self.closing.wait(until: .now + pause)
  }

  private func warnOfPlainText(_ connection: Connection) throws(PostgreSQLError) {
    guard !self.database.parameters.isLocal, !connection.isEncrypted else { return }
    self.logger.warning(
      """
      The connection to the log's database is not encrypted: whoever is on the way can read the log. \
      Give sslmode=verify-full in its URL
      """,
      metadata: ["database": "\(self.database.parameters.place)"]
    )
  }

  func note(_ error: any Error, _ message: Logger.Message) {
    self.logger.error(
      message,
      metadata: ["database": "\(self.database.parameters.place)", "error": "\(error)"]
    )
  }
}
